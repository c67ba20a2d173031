"""Findings from a journal: whether a client uses Electron well."""
