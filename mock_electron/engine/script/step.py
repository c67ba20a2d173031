"""One step of a script: which requests it is for, what it answers, and how often."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from mock_electron.engine.faults.fault import DeliveryFault, Fault, ReplacementFault, ReplyFault
from mock_electron.engine.faults.replacement import Fail
from mock_electron.engine.pace import Pace
from mock_electron.engine.script.match import ANY, Match
from mock_electron.engine.script.responder import Responder
from mock_electron.inputs.numbers import is_whole
from mock_electron.model.draft import Draft
from mock_electron.wire import codec
from mock_electron.wire.headers import Headers

HEADER_NAME: Final = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
FRAMING: Final = ("content-length", "transfer-encoding", "connection", "content-encoding")
"""Headers that say how the bytes travel; a fault such as WrongLength breaks them on purpose."""


LONGEST_SUMMARY: Final = 40


@dataclass(frozen=True, slots=True)
class Step:
    """One scripted answer.

    answer: a reply; what stands in its place; a function of the request; or None, what would be
        answered anyway.
    match: which requests it is for.
    times: how many requests it is for; None, all that match.
    pace: how fast it comes; None, as the lane's others.
    headers: of the answer, beyond those that it has, or in their place.
    faults: those of the reply.
    location: where it was written, `test_agent.py:12`.

    Raises TypeError or ValueError for what makes no sense.
    """

    answer: Draft | ReplacementFault | Responder | None
    match: Match = ANY
    times: int | None = 1
    pace: Pace | None = None
    headers: Headers = ()
    faults: tuple[Fault, ...] = ()
    location: str = ""

    def __post_init__(self) -> None:
        if self.times is not None and not is_whole(self.times, 1):
            raise ValueError(f"times is a whole number of at least 1, not {self.times!r}")
        for fault in self.faults:
            if not isinstance(fault, ReplyFault | DeliveryFault):
                raise TypeError(
                    f"a fault of a reply is a value such as faults.Cut(after=3), not {fault!r}"
                )
            if isinstance(self.answer, ReplacementFault):
                raise ValueError(f"{fault!r} is a fault of a reply, and this step has none")

    @property
    def summary(self) -> str:
        """What it answers, in a few words."""
        return _summary(self.answer)

    @property
    def tool_names(self) -> tuple[str, ...]:
        """The tools that it calls or looks for."""
        match = self.match
        called = tuple(call.name for call in self.calls)
        after = match.given.get("after_tool")
        return (*called, *match.given.get("tools", ()), *((after,) if after else ()))

    @property
    def calls(self) -> tuple[Any, ...]:
        """The calls that its reply makes, as far as they are known before a request."""
        return self.answer.calls if isinstance(self.answer, Draft) else ()


def _summary(answer: Draft | ReplacementFault | Responder | None) -> str:
    if isinstance(answer, Draft):
        said = "" if answer.content is None else repr(answer.content[:LONGEST_SUMMARY])
        return " ".join(["reply", *filter(None, [said]), *(call.name for call in answer.calls)])
    if isinstance(answer, Fail):
        return f"fail {answer.error.name}"
    if isinstance(answer, ReplacementFault):
        return repr(answer)
    return "what would be answered anyway" if answer is None else "respond_with a function"


def encode_headers(given: Mapping[str, str] | None) -> Headers:
    """Headers of an answer, as a user writes them.

    Raises TypeError or ValueError for a name or a text that cannot travel, or that says how the
    bytes do.
    """
    return tuple(_header(name, text) for name, text in (given or {}).items())


def _header(name: str, text: str) -> tuple[bytes, bytes]:
    if not isinstance(name, str) or not HEADER_NAME.fullmatch(name):
        raise ValueError(f"{name!r} is no name of a header")
    if name.lower() in FRAMING:
        raise ValueError(
            f"the header {name} says how the bytes travel, and follows from them; "
            "faults such as faults.WrongLength break that on purpose"
        )
    codec.checked_text(text, f"the header {name}")
    if not text.isprintable() or not text.isascii():
        raise ValueError(f"the header {name} has a character that cannot travel: {text!r}")
    return name.lower().encode(), text.encode()


def with_headers(headers: Headers, own: Headers) -> Headers:
    """Headers with a step's own, which take the place of those with the same name."""
    if not own:
        return headers
    replaced = {name for name, _ in own}
    return (*(header for header in headers if header[0] not in replaced), *own)
