"""Checks of what users write: names, keywords and numbers. Imports nothing of the package."""
