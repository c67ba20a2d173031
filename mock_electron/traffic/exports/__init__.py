"""Exchanges written to files: a script, an HTTP Archive, JSON lines."""
