"""Regular expressions that are compiled when they are first used.

The package has two hundred of them. Most servers and tests use a few, and compiling all of them
would take a sixth of the time to start.
"""

import re
from typing import Any, AnyStr, Final, cast


class CompiledRegex:
    """Has the attributes of a compiled regular expression."""


class LazyRegex(CompiledRegex):
    """Becomes a CompiledRegex when it is first used.

    Args:
        text: The regular expression.
        flags: Its flags.
    """

    def __init__(self, text: Any, flags: int) -> None:
        self._text, self._flags = text, flags

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):  # copies and pickles ask for such names
            raise AttributeError(name)
        compiled = re.compile(self._text, self._flags)
        self.__dict__.update({known: getattr(compiled, known) for known in ATTRIBUTES})
        self.__class__ = CompiledRegex  # type: ignore[assignment]  # it finds them sooner
        return getattr(self, name)


ATTRIBUTES: Final = tuple(name for name in dir(re.Pattern) if not name.startswith("_"))


def regex(text: AnyStr, flags: int = 0) -> re.Pattern[AnyStr]:
    """Return a regular expression. It is compiled when it is first used.

    Args:
        text: The regular expression.
        flags: Its flags, such as `re.IGNORECASE`.

    >>> regex("[0-9]+").search("Room 12")
    <re.Match object; span=(5, 7), match='12'>
    """
    return cast("re.Pattern[AnyStr]", LazyRegex(text, flags))
