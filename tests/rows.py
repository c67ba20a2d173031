"""One test for a whole table.

`pytest.mark.parametrize` makes a test of each row, and each test costs milliseconds. For hundreds of
quick rows, one test that lists every row that fails is faster and says the same.
"""

from collections.abc import Callable, Iterable, Mapping
from functools import wraps
from typing import Any, TypeVar

import pytest

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
                except (Exception, pytest.fail.Exception) as error:
                    error.add_note(f"row: {name}")
                    failures.append(error)
            if failures:
                raise BaseExceptionGroup(f"{len(failures)} of {len(rows)} rows failed", failures)

        test.__name__, test.__doc__ = check.__name__, check.__doc__
        test.__module__, test.__qualname__ = check.__module__, check.__qualname__
        return test

    return decorate


def each_of(
    rows: Iterable[tuple[Any, ...]],
) -> Callable[[Callable[..., None]], Callable[[], None]]:
    """Return a decorator that makes one test of a function and the arguments in its rows.

    Args:
        rows: The arguments of each call. There must be at least one row.

    >>> @each_of([(0, 0), (2, 4)])
    ... def test_a_square(number: int, square: int) -> None:
    ...     assert number * number == square
    """
    named = {repr(row): row for row in rows}

    def decorate(check: Callable[..., None]) -> Callable[[], None]:
        @wraps(check)
        def check_row(row: tuple[Any, ...]) -> None:
            check(*row)

        return each(named)(check_row)

    return decorate
