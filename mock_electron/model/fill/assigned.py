"""Which words of a message gave which arguments of a call, and which required ones nobody gave."""

from collections.abc import Callable, Mapping
from typing import Any

from msgspec import Struct

from mock_electron.model.once import once


class Given(Struct, frozen=True):
    """A value that was said.

    Attributes:
        value: The value, as the schema wants it.
        words: The words that it came from, as they are written.
        start: The index of their first character in the text.
        end: The index after their last character.
        score: How well the words fit the parameter; the more, the better.
        earlier: Whether the words are from an earlier message or result. The places are then 0.
    """

    value: Any
    words: str
    start: int = 0
    end: int = 0
    score: int = 0
    earlier: bool = False


class Assignment(Struct, frozen=True, dict=True):
    """The arguments of a call, and where they came from.

    Attributes:
        make: Makes the arguments. Most assignments only tell what was said, and make none.
        given: The arguments that were said, by name. Any other argument is made up.
        missing: The names of the required parameters that nobody gave a value for, in the order of
            the schema.
    """

    make: Callable[[], Mapping[str, Any]]
    given: Mapping[str, Given]
    missing: tuple[str, ...]

    @once
    def arguments(self) -> Mapping[str, Any]:
        """Complete and valid arguments. Do not change them: they are kept.

        Raises:
            Spent: If the budget of the request is spent.
        """
        return self.make()
