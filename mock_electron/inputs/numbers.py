"""What counts as a number where a user gives one: no booleans, no NaN."""


def is_number(given: object, least: float, most: float) -> bool:
    """Whether this is a number within these bounds, both included."""
    number = isinstance(given, int | float) and not isinstance(given, bool)
    return number and least <= given <= most  # type: ignore[operator]


def is_whole(given: object, least: int) -> bool:
    """Whether this is a whole number from `least`."""
    return type(given) is int and given >= least
