"""The decorator `each` reports every row that fails."""

import pytest
from rows import each, each_of


def test_every_failing_row_is_reported() -> None:
    """The test raises the errors of all failing rows, each with the name of its row."""

    @each({"one": 1, "two": 2, "three": 3})
    def test_a_number_is_even(number: int) -> None:
        assert number % 2 == 0

    with pytest.raises(ExceptionGroup, match="2 of 3 rows failed") as failure:
        test_a_number_is_even()
    notes = [error.__notes__ for error in failure.value.exceptions]
    assert notes == [["row: one"], ["row: three"]]


def test_rows_of_arguments() -> None:
    """The name of a row is what it contains, also if an expected error is not raised."""

    @each_of([(4, 2), (9, 3), (16, 5)])
    def test_a_square_divides_by_zero(square: int, root: int) -> None:
        with pytest.raises(ZeroDivisionError):
            divmod(1, square - root * root)

    with pytest.raises(BaseExceptionGroup, match="1 of 3 rows failed") as failure:
        test_a_square_divides_by_zero()
    [error] = failure.value.exceptions
    assert (type(error), error.__notes__) == (pytest.fail.Exception, ["row: (16, 5)"])


def test_a_table_has_rows() -> None:
    """An empty table is an error, because its test could not fail."""
    with pytest.raises(AssertionError, match="without rows"):
        each({})
    with pytest.raises(AssertionError, match="without rows"):
        each_of([])(test_a_table_has_rows)
