"""Options of strategies are checked when a strategy is made, not when it is drawn from."""

from mock_electron.inputs.numbers import is_number, is_whole


def check_switches(**given: object) -> None:
    """Raise ValueError unless all of these are true, false, or None for either."""
    for name, value in given.items():
        if not isinstance(value, bool | None):
            raise ValueError(f"{name} is True, False, or None for either, not {value!r}")


def check_size(name: str, value: object, least: int, most: int) -> None:
    """Raise ValueError unless this is a whole number within these bounds, both included."""
    if not is_whole(value, least) or not is_number(value, least, most):
        raise ValueError(f"{name} is a whole number from {least} to {most}, not {value!r}")


def check_sizes(what: str, smallest: object, largest: object, least: int, most: int) -> None:
    """Raise ValueError unless min_… and max_… are such numbers, and in this order."""
    check_size(f"min_{what}", smallest, least, most)
    check_size(f"max_{what}", largest, least, most)
    if is_whole(smallest, 0) and not is_number(largest, smallest, most):  # type: ignore[arg-type]
        raise ValueError(f"max_{what} is {largest!r}, and min_{what} with {smallest!r} above it")
