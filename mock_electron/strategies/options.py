"""Checks of the options of strategies. They run when a strategy is made, not when it is drawn."""

from mock_electron.inputs.checks import must_be, whole_number


def check_switches(**options: object) -> None:
    """Raise ValueError unless all options are True, False or None."""
    for name, value in options.items():
        if not isinstance(value, bool | None):
            raise ValueError(must_be(name, "True, False or None", value))


def check_sizes(items: str, smallest: object, largest: object, least: int, most: int) -> None:
    """Check the options `min_<items>` and `max_<items>`.

    Args:
        items: What is counted, such as "messages".
        smallest: The value of `min_<items>`.
        largest: The value of `max_<items>`.
        least: The minimum of both.
        most: The maximum of both.

    Raises:
        ValueError: If either is not an integer within the bounds, or if the first is larger.
    """
    lower = whole_number(f"min_{items}", smallest, least, most)
    upper = whole_number(f"max_{items}", largest, least, most)
    if upper < lower:
        raise ValueError(f"max_{items} must be at least min_{items} ({lower}), got {upper}")


def check_room(messages: int, needed: int, options: str) -> None:
    """Raise ValueError if `max_messages` is too small for the other options.

    Args:
        messages: The value of `max_messages`.
        needed: The smallest value that is possible.
        options: The options that need it, as the user writes them.
    """
    if messages < needed:
        raise ValueError(f"max_messages must be at least {needed} with {options}, got {messages}")
