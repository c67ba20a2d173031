"""The question for a value that a tool requires and nobody has said."""

from mock_electron.model.normalise import split
from mock_electron.model.tool_use import asked
from mock_electron.model.turn import Turn

UNSPOKEN = frozenset(("id",))
"""Words of the names of parameters that are spelled, and so stay as they are."""


def question(turn: Turn) -> str | None:
    """Return a short question that names what is missing, in the user's language; None if nothing is.

    >>> # get_weather(city), "How is the weather?"
    >>> # "Could you tell me the city, please?"
    """
    wanted = asked(turn)
    if wanted is None:
        return None
    *names, last = map(spoken, wanted.missing)
    things = f"{', '.join(names)} {turn.language.conjunction} {last}" if names else last
    return turn.phrase("ask", things=things)


def spoken(name: str) -> str:
    """Return the name of a parameter as it is spoken: `pickup_time` is "pickup time"."""
    return " ".join(word.lower() for word in split(name)) or name
