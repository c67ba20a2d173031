"""Packages that others import if they are installed, and that a command does not need."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def hidden(*packages: str) -> Iterator[None]:
    """Import modules in the block as if packages were not installed, unless they are imported.

    Args:
        packages: The names of the packages.
    """
    absent = [package for package in packages if package not in sys.modules]
    for package in absent:
        sys.modules[package] = None  # type: ignore[assignment]  # Python then raises ImportError
    try:
        yield
    finally:
        for package in absent:
            del sys.modules[package]
