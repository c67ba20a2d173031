"""Which tool a message asks for, whether a filler is wanted, and what a tool's result says.

A tool is called where the words of the message meet the tool's words: one word of its name, or
two of its description and parameters.
"""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Final

from mock_electron.model.dice import Dice
from mock_electron.wire.request import ChatRequest, Tool

WORD: Final = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|[0-9]+|[^\W\d_a-zA-Z]+")
STOP_WORDS: Final = frozenset(
    """
    a an and are as at be by can could do does for from get give has have how i if in is it its let
    me my of on or our please set so some tell that the their them then there this to us use was we
    what when where which who will with would you your
    """.split()  # noqa: SIM905 (one word to a line would take forty)
)
NAME_MATCH: Final = 3
ENOUGH: Final = 2
"""The score that calls a tool: a word of the name gives NAME_MATCH, any other word 1."""

FILLER_ASKED: Final = re.compile(
    r"filler|acknowledg|let (?:the |your )?(?:caller|user|customer|listener|them)\w* know|"
    r"(?:say|speak|tell)\b[^.!?\n]{0,60}\bbefore\b|"
    r"before\b[^.!?\n]{0,40}\btools?\b[^.!?\n]{0,40}\b(?:say|speak|tell|announce)",
    re.IGNORECASE,
)
REFUSED: Final = re.compile(
    r"\b(?:never|not|don't|no|without|avoid|skip)\b[^.!?\n;]{0,40}$", re.IGNORECASE
)

FILLERS: Final = (
    "Let me check {thing} for you…",
    "One moment, I am looking up {thing}…",
    "Just a second while I check {thing}…",
    "Sure, let me look at {thing}…",
    "Hold on, I am checking {thing} now…",
    "Give me a moment to look into {thing}…",
    "Okay, let me see about {thing}…",
)
RESULTS: Final = (
    "Here is what I found: {result}.",
    "I have the answer: {result}.",
    "This is what came back: {result}.",
    "Thanks for waiting. The result is: {result}.",
    "I checked, and this is the result: {result}.",
)
SAID: Final[Mapping[bool | None, str]] = {True: "yes", False: "no", None: "nothing"}


def words_of(text: str) -> Iterator[str]:
    """The words of a text or of an identifier, in lower case, without plural endings."""
    for word in WORD.findall(text):
        lower = word.lower()
        singular = lower.endswith(("ss", "us", "is")) or len(lower) < 4
        yield lower if singular else lower.removesuffix("s")


def wanted(tools: tuple[Tool, ...], message: str) -> Tool | None:
    """The tool that the message asks for, or None. The best; of equals the first."""
    best = best_match(tools, message)
    return best if best is not None and _score(best, message) >= ENOUGH else None


def best_match(tools: tuple[Tool, ...], message: str) -> Tool | None:
    """The tool nearest to the message, however far that is; None where there are no tools."""
    return max(tools, key=lambda tool: _score(tool, message), default=None)


def _score(tool: Tool, message: str) -> int:
    if re.search(rf"(?<!\w){re.escape(tool.name)}(?!\w)", message):
        return 10 * NAME_MATCH
    spoken = set(words_of(message)) - STOP_WORDS
    name = set(words_of(tool.name)) - STOP_WORDS
    parameters = " ".join(tool.parameters.get("properties") or ())
    about = set(words_of(f"{tool.description} {parameters}")) - STOP_WORDS - name
    return NAME_MATCH * len(spoken & name) + len(spoken & about)


def filler_wanted(request: ChatRequest) -> bool:
    """Whether the system prompt asks for a phrase to be spoken before a tool is used (D)."""
    prompt = "\n".join(request.texts("system"))
    return any(
        not REFUSED.search(prompt[: match.start()]) for match in FILLER_ASKED.finditer(prompt)
    )


def filler(tool_name: str, dice: Dice) -> str:
    """A short phrase to be spoken while the tool runs."""
    thing = " ".join(word for word in words_of(tool_name) if word not in STOP_WORDS)
    phrase = dice.pick("filler", FILLERS)
    return phrase.replace("{thing}", f"the {thing}" if thing else "that")


def report(result: str, dice: Dice) -> str:
    """A sentence that says what a tool's result says."""
    phrase = dice.pick("result", RESULTS)
    return phrase.replace("{result}", flatten(result).strip().rstrip(".") or "nothing")


def flatten(result: str) -> str:
    """A result in words: `{"temperature": 31}` is "temperature 31"; plain text stays as it is."""
    try:
        value = json.loads(result)
    except ValueError:
        return result
    return ", ".join(_say(value)) if isinstance(value, dict | list) else str(value)


def _say(value: object, name: str = "") -> Iterator[str]:
    if isinstance(value, dict):
        for key, member in value.items():
            yield from _say(member, f"{name} {key.replace('_', ' ')}".strip())
    elif isinstance(value, list):
        for member in value:
            yield from _say(member, name)
    elif value is True or value is False or value is None:
        yield f"{name} {SAID[value]}".strip()
    else:
        yield f"{name} {value}".strip()
