"""Checks of user input: names, keyword arguments and values. Imports nothing from the package."""
