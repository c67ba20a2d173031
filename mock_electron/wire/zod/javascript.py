"""JSON values as JavaScript treats them, where it differs from Python."""


class Double(float):
    """A number that `repr` and `codec.encode` write as JavaScript does."""

    def __repr__(self) -> str:
        if not self:
            return "0"
        shortest = float.__repr__(self)
        if 1e-6 <= abs(self) < 1e21:
            from decimal import Decimal

            return f"{Decimal(shortest):f}".removesuffix(".0")
        return shortest.replace("e-0", "e-")


def as_javascript(value: object) -> object:
    """Return the value as JavaScript writes it: `2.0` as 2, and array indexes before other keys."""
    if type(value) is dict:
        return {key: as_javascript(value[key]) for key in sorted(value, key=key_order)}
    if type(value) is list:
        return [as_javascript(item) for item in value]
    if type(value) is float or type(value) is int:
        return Double(value)
    return value


def quoted(value: object, most: int) -> object:
    """Return the value as JavaScript writes it, or unchanged if it has more than `most` members."""
    members, pending = 0, [value]
    while pending and members <= most:
        each = pending.pop()
        if type(each) is dict or type(each) is list:
            members += len(each)
            pending += each.values() if type(each) is dict else each
    return as_javascript(value) if members <= most else value


def key_order(key: str) -> tuple[int, int]:
    """Return a sort key: array indexes first, ascending, then all other keys in given order."""
    is_index = key.isascii() and key.isdigit() and (key == "0" or key[0] != "0")
    if is_index and len(key) <= 10 and int(key) < 2**32 - 1:
        return (0, int(key))
    return (1, 0)
