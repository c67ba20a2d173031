"""The nearest right thing, for messages about names that do not exist."""

import difflib
from collections.abc import Iterable


def did_you_mean(given: object, names: Iterable[str]) -> str:
    """` Did you mean 'seed'?`, or nothing where no name is near."""
    found = difflib.get_close_matches(str(given), list(names), n=1)
    return f" Did you mean {found[0]!r}?" if found else ""
