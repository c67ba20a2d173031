"""Exports of exchanges.

har.py          an HTTP Archive
json_lines.py   JSON lines
recording.py    the steps of a script that gives the same answers again
"""
