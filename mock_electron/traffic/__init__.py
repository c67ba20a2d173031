"""The journal read back: exchanges with filters, and exports.

exchanges.py   Exchanges: a sequence with filters and exports
filters.py     the conditions of the filters
lines.py       an exchange as one line of text
exports/       scripts, HTTP Archives, JSON lines
"""
