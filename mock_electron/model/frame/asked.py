"""What a question of the assistant asks for: the parameters of a tool that it speaks of, likeliest first.

A parameter is asked for by the words of its name or its description, by members of its enum, or by
words such as "when" for a time and "how many" for a number.
"""

import re
from collections.abc import Mapping
from typing import Any, Final

from mock_electron._regex import regex
from mock_electron.model.decide.spoken import stems_said
from mock_electron.model.decide.tool_words import stems_of
from mock_electron.model.fill.parameters.roles import role_of
from mock_electron.model.fill.parameters.slots import properties_of, required_of
from mock_electron.model.frame.state import SENTENCE_ENDS
from mock_electron.model.language import lexical
from mock_electron.model.lexicon import english_stems
from mock_electron.model.normalise import normalise, parts, split, stem
from mock_electron.model.turn import Turn
from mock_electron.model.work import RULE, WORD
from mock_electron.wire.request import Tool

ASKING: Final[Mapping[str, tuple[str, ...]]] = {
    "date": ("when", "day", "date", "born"),
    "time": ("when", "time", "o'clock", "hour"),
    "datetime": ("when", "day", "time", "date"),
    "person": ("who", "name", "named", "called", "whom"),
    "name": ("who", "name", "named", "called", "whom"),
    "place": ("where", "address", "place", "location"),
    "street": ("where", "address"),
    "phone": ("phone", "number", "reach", "mobile"),
    "email": ("email", "mail", "address"),
    "id": ("number", "code", "reference", "id"),
    "country": ("where", "country"),
    "language": ("language", "speak"),
    "reason": ("why", "reason", "happened", "wrong", "matter"),
    "number": ("how many", "how much", "number", "how long", "how old"),
    "age": ("how old", "old", "age"),
    "weight": ("how heavy", "weigh", "heavy", "weight", "kilos"),
    "duration": ("how long", "long"),
}
"""The words by which a question asks for a parameter of a role."""
NAME: Final = 6
"""The points of all words of a name, of which its words have a share."""
MEMBERS: Final = 5
ROLE: Final = 3
TOLD: Final = 1
ENOUGH: Final = 3
TOO_COMMON: Final = frozenset(map(stem, "number name date time id code type".split()))
"""Words of descriptions and of names that alone tell one parameter from no other."""


IDLE: Final = regex(
    r"\b(?:anything|something|what|who|how|more) else\b|\bknow more\b|\b(?:help|assist) you\b|\bmore detail",
    re.IGNORECASE,
)
"""Questions that ask for nothing: "Is there anything else?"."""


def question_of(reply: str) -> str:
    """Return what a reply of the assistant asks: its last question and what follows it; or all of it."""
    before, mark, after = reply.rpartition("?")
    if not mark or IDLE.search(reply) is not None:
        return ""
    start = max(before.rfind(end) for end in SENTENCE_ENDS) + 1
    return f"{before[start:].strip()}?{after}"


def is_asked(reply: str) -> bool:
    """Return whether a reply asks for something, and not only whether there is anything else."""
    question = question_of(reply)
    return bool(question) and FURTHER.search(question.lower()) is None


FURTHER: Final = regex(
    r"\b(?:else|more|help|further|assist)\b|और कुछ|aur kuch|வேற|வேறு|மேலும்|விரிவாக|உதாரணம்|उदाहरण|और बता|विस्तार"
)
"""The words of a question that asks for nothing that is needed."""


def slots_asked(tool: Tool, question: str, turn: Turn) -> tuple[str, ...]:
    """Return the names of the parameters that a question asks for, the likeliest first."""
    return tuple(asked_points(tool, question, turn))


def asked_points(tool: Tool, question: str, turn: Turn) -> dict[str, int]:
    """Return the parameters that a question asks for, the likeliest first, with their points.

    Args:
        tool: The tool.
        question: What the assistant asks.
        turn: The request.
    """
    properties = properties_of(tool.parameters)
    if not question or not properties:
        return {}
    turn.work.charge((RULE + WORD) * len(properties) + 3 * len(question))
    lower = f" {' '.join(split(question.lower()))} "
    known = lexical(question, turn.spoken_language.code)
    if known.endings:  # "எத்தனை பேர்" is "how many people"
        lower += f"{' '.join(sorted(english_stems(question, known)))} ".replace("many", "how many")
    named = stems_said(question, known)
    direct = frozenset(map(stem, split(question.lower())))
    required = required_of(tool.parameters)
    points = {
        name: _points(name, schema, lower, named | direct) + (name in required)
        for name, schema in properties.items()
    }
    found = [name for name in points if points[name] >= ENOUGH]
    return {name: points[name] for name in sorted(found, key=lambda name: -points[name])}


def _points(name: str, schema: Any, lower: str, named: frozenset[str]) -> int:
    words = [stem(word) for word in parts(name)] or [name]
    known = schema if isinstance(schema, Mapping) else {}
    said = [word for word in words if word in named]
    points = NAME * len(said) // len(words)
    about = str(known.get("description", ""))[:200]
    told = frozenset(stems_of(about)) - TOO_COMMON
    points += min(len(told & named), 3) * TOLD
    members = known.get("enum")
    if isinstance(members, list):
        heard = [one for one in members[:20] if _is_said(one, lower)]
        points += MEMBERS if len(heard) > 1 else 0
    if known.get("type") == "boolean":
        return points + (BOOLEAN if TRUTH.search(lower) is not None else 0)
    asking = ASKING.get(_role(name, known, about), ())
    points += ROLE * any(f" {word} " in lower for word in asking)
    return points


TRUTH: Final = regex(
    r" (?:is|are|was|were|do|does|did|can|could|will|would|may|have|has) (?:it|you|we|they|he|she|that|this|there|the|your|any) "
)
"""The words of a question that is answered with yes or no, and proposes nothing."""
BOOLEAN: Final = 2


def _is_said(member: object, lower: str) -> bool:
    words = split(str(member).lower())
    return bool(words) and f" {' '.join(words)} " in lower


def _role(name: str, schema: Mapping[str, Any], about: str) -> str:
    words = tuple(normalise(word) for word in parts(name))
    for word in words:
        if word in ("age", "weight", "duration"):
            return word
    if schema.get("type") in ("integer", "number"):
        return "number"
    return role_of(words, schema.get("format"), tuple(map(normalise, split(about.lower())))).name
