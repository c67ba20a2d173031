"""One test for a whole table.

`pytest.mark.parametrize` makes a test of each row, and each test costs milliseconds. For hundreds of
quick rows, one test that lists every row that fails is faster and says the same.
"""

from collections.abc import Callable, Mapping
from typing import TypeVar

Row = TypeVar("Row")


def each(rows: Mapping[str, Row]) -> Callable[[Callable[[Row], None]], Callable[[], None]]:
    """Return a decorator that makes one test of a function and its rows.

    Args:
        rows: The rows by name. There must be at least one.

    Raises:
        ExceptionGroup: If the function fails for some rows. It contains the error of each, with
            the name of the row as a note.

    >>> @each({"zero": 0, "one": 1})
    ... def test_a_square_is_not_negative(number: int) -> None:
    ...     assert number * number >= 0
    """
    assert rows, "a test without rows proves nothing"

    def decorate(check: Callable[[Row], None]) -> Callable[[], None]:
        def test() -> None:
            failures = []
            for name, row in rows.items():
                try:
                    check(row)
                except Exception as error:  # a row may fail in any way, and the next ones still run
                    error.add_note(f"row: {name}")
                    failures.append(error)
            if failures:
                raise ExceptionGroup(f"{len(failures)} of {len(rows)} rows failed", failures)

        test.__name__, test.__doc__ = check.__name__, check.__doc__
        test.__module__, test.__qualname__ = check.__module__, check.__qualname__
        return test

    return decorate
