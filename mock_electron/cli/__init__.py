"""The command line: `mock-electron`."""
