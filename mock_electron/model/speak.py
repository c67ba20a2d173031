"""The entry point of the pocket model: decide between calls, JSON, tool results and words.

What only tool calls, results, JSON mode and other letters than ASCII need is half of the package,
and is imported on first use.
"""

from collections.abc import Callable
from datetime import date
from functools import cache, lru_cache
from typing import Any, Final

from msgspec import Struct
from msgspec.structs import replace

from mock_electron.model import words
from mock_electron.model.dice import Dice, fingerprint_with, framed
from mock_electron.model.draft import Draft
from mock_electron.model.turn import ASK, Turn
from mock_electron.model.work import Spent, Work
from mock_electron.wire import codec
from mock_electron.wire.request import ChatRequest, freeze

INTERPRETED: Final = (
    "messages",
    "tools",
    "tool_choice",
    "parallel_tool_calls",
    "response_format",
)
"""The request fields that determine the content. The others determine its length, or how it is
sent."""


READ: Final = 4
"""The number of bytes of a request that are read for one unit of work."""
MOST_READ: Final = 32_000
"""Units of work to read a large request, which may take longer."""
PROMPT: Final = 2
"""Units of work for one character of the system prompts. The message is read twice as often."""


class Content(Struct, frozen=True):
    """What a request says to the model: the fields that determine the content of the reply.

    Attributes:
        key: The key of the dice that determine the reply.
        size: The size of these fields in bytes of JSON.
        is_ascii: Whether they have only ASCII characters.
    """

    key: bytes
    size: int
    is_ascii: bool


NO_CONTENT: Final = Content(b"", 0, is_ascii=True)
"""The content of a request that is refused."""


def content_of(request: ChatRequest, seed: int) -> Content:
    """Return what a request says to the model.

    Args:
        request: The request.
        seed: The lane's seed.
    """
    written = codec.canonical(_interpreted(request))
    key = fingerprint_with(_framed_seed(seed), written)
    return Content(key, len(written) - codec.CANONICAL_SYNTAX, written.isascii())


@lru_cache(maxsize=16)
def _framed_seed(seed: int) -> bytes:
    """Return a seed as the first part of a fingerprint. Most servers have one."""
    return framed(b"%d" % seed)


def varied(request: ChatRequest, sampling: str, occurrence: int, *, drifted: bool = False) -> int:
    """Return the variation of the dice that determine the reply to a request.

    With temperature 0, the reply is fixed. Otherwise the request's seed selects a reply. Without a
    seed, the reply is fixed with "steady" sampling and changes with each occurrence with "varied".

    Args:
        request: The request.
        sampling: The lane's sampling, "steady" or "varied".
        occurrence: How many times this request was received before.
        drifted: Give a different reply than the request's seed normally yields (D that this
            happens).
    """
    if request.temperature == 0:
        return 0
    if request.seed is None:
        return occurrence if sampling == "varied" else 0
    return request.seed + drifted


def speak(
    request: ChatRequest,
    dice: Dice,
    today: date,
    content: Content,
    work: Work | None = None,
    missing: str = ASK,
) -> Draft:
    """Return the pocket model's answer to a request, the plainest one if its budget is spent.

    Args:
        request: The request.
        dice: The source of all choices; see `Content` and `varied`.
        today: The lane's day, for "tomorrow" and other relative days.
        content: What the request says.
        work: The budget of the request. Default: a new one.
        missing: What happens if a value is missing that a tool requires: "ask" or "invent".
    """
    turn = Turn.of(heard_as(request, content), dice, today, work or Work(), missing)
    try:
        turn.work.charge(min(content.size // READ, MOST_READ))
        draft = _answer(turn)
    except Spent:
        from mock_electron.model.plain_answer import answer

        draft = answer(turn)
    turn.readings.clear()
    return _restored(draft)


def heard_as(request: ChatRequest, content: Content) -> ChatRequest:
    """Return a request as the rules read it, with substitutes for newer letters and digits."""
    return request if content.is_ascii else _pinned(request)


def _restored(draft: Draft) -> Draft:
    """Return a draft with the characters instead of their substitutes, which are not ASCII."""
    content, calls = draft.content, draft.calls
    if content is not None and not content.isascii():
        draft = replace(draft, content=_restore()(content))
    if not calls or all(call.arguments.isascii() for call in calls):
        return draft
    restore = _restore()
    restored = tuple([replace(call, arguments=restore(call.arguments)) for call in calls])
    return replace(draft, calls=restored)


@cache
def _restore() -> Callable[[str], str]:
    """Return the function that puts characters back. To import it for each request takes long."""
    from mock_electron.model.unicode_version import restore

    return restore


def _pinned(request: ChatRequest) -> ChatRequest:
    """Return the request with substitutes for newer letters and digits."""
    from mock_electron.model.unicode_version import pin

    written = codec.encode(_interpreted(request)).decode()
    pinned = pin(written)
    if pinned is written:
        return request
    interpreted = codec.decode(pinned.encode())
    assert isinstance(interpreted, dict)
    return freeze({**request.body, **interpreted})


def _interpreted(request: ChatRequest) -> dict[str, Any]:
    body = request.body
    return {name: body[name] for name in INTERPRETED if name in body}


def _answer(turn: Turn) -> Draft:
    """Return the reply. The work to cut it into tokens is charged, one unit for each character.

    The work to send them does not count: the draft must not depend on whether the request asks for
    a stream or for log-probabilities. It is limited by MOST_SPOKEN and MOST_ALTERNATIVES.
    """
    turn.work.charge(PROMPT * (len(turn.system) + PROMPT * len(turn.message)))
    if turn.request.tools:
        with_calls = _with_calls()(turn)
        if with_calls is not None:
            return with_calls
    hints = turn.prompt_hints
    if turn.request.response_format != "text" or (
        ("json" in hints or "{" in hints) and _is_json_asked(turn)
    ):
        from mock_electron.model.json_mode import answer

        return Draft(answer.answer(turn, _results(turn), _text))
    text = _text(turn)
    turn.work.charge(len(text))
    return Draft(text)


def _text(turn: Turn) -> str:
    """Return the reply in words: the results, and a question if a value is missing."""
    results = _results(turn) if turn.since or turn.request.tools else []
    question = _question(turn) if turn.request.tools and turn.asks else None
    if question is None:
        return _report(turn, results) if results else words.answer(turn)
    return f"{_report(turn, results)} {question}" if turn.since and results else question


def _question(turn: Turn) -> str | None:
    """Return the question for the values that a call lacks, or None."""
    from mock_electron.model.ask import question

    return question(turn)


@cache
def _with_calls() -> Callable[[Turn], Draft | None]:
    """Return the function that replies with calls. To import it for each request takes long."""
    from mock_electron.model.tool_use import with_calls

    return with_calls


def _is_json_asked(turn: Turn) -> bool:
    """Return whether a prompt or the message asks for JSON."""
    from mock_electron.model.json_mode.asked import is_json_asked

    return is_json_asked(turn.system, turn.message)


def _results(turn: Turn) -> list[str]:
    """Return the tool results that answer the message: of this turn, else of the same calls before."""
    if turn.since:
        own = [done.result for done in turn.done if done.result is not None]
        orphans = [m.content or "" for m in turn.since if m.role == "tool"]
        if own or orphans:
            return own or orphans
    if turn.request.tool_choice == "none" or not turn.request.tools:
        return []
    from mock_electron.model.frame import frame_of

    needed = [goal.tool.name for goal in frame_of(turn).goals]
    known = {done.name: done.result for done in turn.done_before if done.result is not None}
    return [known[name] for name in needed if name in known]


def _report(turn: Turn, results: list[str]) -> str:
    """Return one sentence with all results, or with the failure that they report."""
    from mock_electron.model.results import in_words, is_failure, reading_cost

    turn.work.charge(2 * sum(map(reading_cost, results)))
    kind = "failure" if any(map(is_failure, results)) else "result"
    conjunction = turn.language.conjunction
    said = "; ".join(in_words(result, conjunction).rstrip(".") for result in results)
    return turn.phrase(kind, result=said)
