"""Find the tools that a message needs, and the part of the message that belongs to each.

1. A message is cut at the ends of sentences and at conjunctions.
2. Each part gets the tool that fits it best, if that tool fits well enough.
3. A part that is only a name or a number repeats the need before it: "in Mumbai and in Delhi".
4. Any other part without a tool is added to its neighbour, as context for the arguments.
5. Two consecutive parts for one tool are one need, unless both give a value for the same argument.
6. A need with a missing value waits for the results of the needs before it.
7. If a tool needs an id that is not known, the tool that finds the id is needed first.
"""

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any, Final

from msgspec import Struct
from msgspec.structs import replace

from mock_electron._regex import regex
from mock_electron.model.arguments import Said, filled
from mock_electron.model.arguments.slots import properties_of, required_of
from mock_electron.model.hints import folded
from mock_electron.model.language import LANGUAGES
from mock_electron.model.matching import ENOUGH, Spoken, best_of
from mock_electron.model.normalise import stem
from mock_electron.model.offers import Offer, offers_of, stems_of
from mock_electron.model.work import RULE
from mock_electron.model.written import length
from mock_electron.wire.request import Tool

CONJUNCTIONS: Final = (
    "and then", "and also", "as well as", "and", "then", "also", "plus", "y", "et", "und", "e", "и", "और", "एवं", "आणि",
    "এবং", "আর", "மற்றும்", "మరియు", "અને", "ಮತ್ತು", "ഒപ്പം", "ਅਤੇ", "ଏବଂ", "اور", "و",
)  # fmt: skip
AT_COMMA: Final = r",\s++(?![A-Z]{2}\b)(?=[^.!?,]*(?:,|\band\b|\by\b|\bet\b|\bund\b|\be\b))"
CUT: Final = regex(
    r"(?<=[.!?;])\s++|(?<=[।。！？])|(?:(?<!\s)[^\S\n]++)?\n\s*+"
    rf"|(?:(?<!\s)\s++(?:,\s++)?+|,\s++)(?:{'|'.join(CONJUNCTIONS)})\s+"
    rf"|{AT_COMMA}|、|，|和|そして|그리고",
    re.IGNORECASE,
)
CUT_AT_COMMA: Final = regex(AT_COMMA, re.IGNORECASE)
"""Where a text is cut that has no PAUSE and none of JOINING. It is found in a tenth of the time."""
PAUSE: Final = regex(r"[.!?;]\s|[\n।。！？、，和そ그]")
JOINING: Final = frozenset([words.partition(" ")[0] for words in CONJUNCTIONS])
RESULT: Final = regex(r"\bthe (?:result|answer|sum|product|total|outcome)s?\b", re.IGNORECASE)
PROTECTED: Final = {'"': '"', "“": "”", "«": "»", "「": "」", "(": ")", "{": "}"}
OPENING: Final = regex(f"[{re.escape(''.join(PROTECTED))}]")
LEADING: Final = (
    r"(?:(?:what|how) about\s+)?(?:(?:in|for|at|of|from|to|on|near|{words})\s+)?(?:the\s+)?"
)
BARE: Final = r"(?:(?<=the )[a-z]+(?: [a-z]+)?|[^\W\d_a-z][\w'’.-]*(?: [^\W\d_a-z][\w'’.-]*)*|-?\d[\d.,]*|[\"“«「][^\"”»」]+[\"”»」])"
TRAILING: Final = r"(?:\s++(?:{words}))*\W*"
LAST_WORDS: Final = frozenset(("as well", "now", "please", "today", "tomorrow", "too"))
FINDERS: Final = frozenset(
    map(stem, ("find", "get", "lookup", "look", "search", "list", "resolve", "fetch", "identify"))
)


class NeededTool(Struct, frozen=True):
    """A tool that is needed, and what was said for it.

    waits: it lacks a value, so the results of the needs before it come first.
    """

    tool: Tool
    said: Said
    waits: bool = False

    def arguments(self) -> dict[str, Any]:
        """The arguments of its call."""
        return filled(self.tool.parameters, self.said)


def needs(tools: tuple[Tool, ...], said: Said) -> tuple[NeededTool, ...]:
    """Everything that a message needs done by these tools, in order."""
    offers = offers_of(tools, said.work)
    used = said.work.used
    whole = fitting(offers, said)
    if whole is None:
        return ()
    texts = tuple(filter(None, parts(said.text)))
    if texts == (said.text,):
        said.work.charge(RULE + len(said.text) + said.work.used - used)  # as if it were cut
        found = [NeededTool(whole, said)]
    else:
        found = _merged(_found(offers, said, texts))
        if len(found) < 2:
            found = [NeededTool(found[0].tool if found else whole, said)]
    return tuple(_with_providers(found, tools))


def fitting(offers: tuple[Offer, ...], said: Said) -> Tool | None:
    """The tool that fits best, if it fits well enough."""
    best, points = best_of(offers, Spoken(said.text, said.language, said.work))
    return best if points >= ENOUGH else None


def parts(message: str) -> list[str]:
    """The parts of a message. Text in quotation marks or brackets is not cut."""
    pattern = _cut_of(message)
    if pattern is None:
        return [message.strip()]
    found, start = [], 0
    for cut in pattern.finditer(_masked(message)):
        found.append(message[start : cut.start()].strip())
        start = cut.end()
    return [*found, message[start:].strip()]


def _cut_of(message: str) -> re.Pattern[str] | None:
    """Return a pattern of the places where a message is cut. Most messages have none."""
    if PAUSE.search(message) or not JOINING.isdisjoint(folded(message).split()):
        return CUT
    return CUT_AT_COMMA if "," in message else None


def _masked(message: str) -> str:
    """Return a message with "x" for every character from an opening mark to its closing mark."""
    if not OPENING.search(message):
        return message
    pairs = PROTECTED.items()
    last = {opening: message.rfind(closing) for opening, closing in pairs if opening in message}
    pieces, end = [], 0
    for place, character in enumerate(message):
        if place >= end and character in last and last[character] > place:
            pieces.append(message[end:place])
            end = message.find(PROTECTED[character], place + 1) + 1
            pieces.append("x" * (end - place))
    return "".join([*pieces, message[end:]])


def _found(offers: tuple[Offer, ...], said: Said, texts: tuple[str, ...]) -> list[NeededTool]:
    """Rules 2 to 4, for the parts of a message."""
    found: list[NeededTool] = []
    lead: list[Said] = []
    for text in texts:
        said.work.charge(RULE + len(text))
        part = replace(said, text=text)
        tool = fitting(offers, part)
        once_more = _repeated(part, found[-1]) if found and tool is None else None
        if tool is not None:
            found += _with_lead(NeededTool(tool, part), lead)
            lead = []
        elif not found:
            lead.append(part)
        elif once_more is not None:
            found.append(once_more)
        else:
            together = f"{found[-1].said.text}, {text}"
            found[-1] = replace(found[-1], said=replace(said, text=together))
    return found


def _with_lead(need: NeededTool, lead: list[Said]) -> Iterator[NeededTool]:
    """The text before the first need: names repeat it ("Mumbai and Delhi, how warm is it?")."""
    repeated = [None if _is_greeting(part) else _repeated(part, need) for part in lead]
    if None in repeated:
        texts = [part.text for part in (*lead, need.said)]
        yield replace(need, said=replace(need.said, text=", ".join(texts)))
    else:
        yield from filter(None, repeated)
        yield need


def _is_greeting(part: Said) -> bool:
    text = part.text.lower()
    return any(text.startswith(words) for words in part.language.recognise["greeting"])


def _repeated(part: Said, need: NeededTool) -> NeededTool | None:
    """The need again, if a part only gives it another value; otherwise None."""
    required = required_of(need.tool.parameters)
    properties = properties_of(need.tool.parameters)
    if not required or not properties:
        return None
    once_more = NeededTool(need.tool, part)
    choices = [name for name in required if _is_choice(properties.get(name))]
    unsaid = frozenset(choices) - given(need).keys() if choices else frozenset()
    told = [name for name in required if name not in unsaid]
    if len(told) == 1:  # a choice that nobody made does not count
        member = properties.get(told[0])
        many = isinstance(member, Mapping) and member.get("type") in ("array", "object")
        if many or not _is_bare(part):
            return None
        return once_more if given(once_more) else _in_its_place(part, need)
    before, now = given(need), given(once_more)
    changed = [name for name in now if name in before and now[name] != before[name]]
    choices = [name for name in changed if _is_choice(properties.get(name))]
    if choices and len(part.text.split()) <= FEW_WORDS:
        old, new = str(before[choices[0]]), str(now[choices[0]])
        return replace(need, said=replace(need.said, text=need.said.text.replace(old, new)))
    if len(changed) > 1 and not QUOTED_OR_LABELLED.search(part.text):
        return once_more
    return None


def _in_its_place(part: Said, need: NeededTool) -> NeededTool | None:
    """The need with a bare name instead of its own value: alone, the name says too little."""
    for value in map(str, given(need).values()):
        text = need.said.text.replace(value, part.text)
        return replace(need, said=replace(need.said, text=text))
    return None


QUOTED_OR_LABELLED: Final = regex(r"[\"“«「:=]")
FEW_WORDS: Final = 3
COMPARED: Final = 10
"""The number of characters of a text that are compared for one unit of work."""


def _is_choice(member: object) -> bool:
    return isinstance(member, Mapping) and "enum" in member


def _is_bare(part: Said) -> bool:
    if part.language.script:
        return len(part.text.split()) <= 3 and not part.text.isascii()
    name, rest = bare(part.language.code)
    found = name.match(part.text)
    return found is not None and rest.fullmatch(part.text, found.end()) is not None


@lru_cache
def bare(code: str) -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Return the patterns of a name or number, and of what may follow it, in a language."""
    particles = {
        re.escape(word)
        for pattern in LANGUAGES[code].around
        for word in pattern.replace("{x}", "").split()
    }
    leading = "|".join(sorted(particles | {"please"}))
    trailing = "|".join(sorted(particles | LAST_WORDS))
    return re.compile(LEADING.format(words=leading) + BARE), re.compile(
        TRAILING.format(words=trailing)
    )


def _merged(found: list[NeededTool]) -> list[NeededTool]:
    """Rules 5 and 6."""
    merged: list[NeededTool] = []
    for need in found:
        before = merged[-1] if merged else None
        if before is not None and before.tool == need.tool and not _conflict(before, need):
            together = f"{before.said.text}, {need.said.text}"
            merged[-1] = replace(before, said=replace(need.said, text=together))
        else:
            waits = bool(merged) and (bool(lacking(need)) or bool(RESULT.search(need.said.text)))
            merged.append(NeededTool(need.tool, need.said, waits))
    return merged


def _conflict(one: NeededTool, other: NeededTool) -> bool:
    """Whether both give a value for the same argument, and not the same value."""
    first, second = given(one), given(other)
    return any(first[name] != second[name] for name in first if name in second)


def given(need: NeededTool) -> dict[str, Any]:
    """The arguments whose values were said, and not made up."""
    alone = replace(need.said, earlier=())
    made_up = filled(need.tool.parameters, replace(alone, text=""))
    said = filled(need.tool.parameters, alone)
    work, text = need.said.work, len(need.said.text) // COMPARED
    for value in said.values():
        work.charge(RULE + text + length(value, work.limit - work.used))
    return {
        name: value
        for name, value in said.items()
        if _was_said(value, need, name, made_up.get(name))
    }


def _was_said(value: Any, need: NeededTool, name: str, made_up: Any) -> bool:
    """A text was said if it appears; a date, a choice or a number may be worded differently."""
    if str(value).lower() in need.said.text.lower():
        return True
    return value != made_up and (not isinstance(value, str) or _is_worded(need.tool, name))


def _is_worded(tool: Tool, name: str) -> bool:
    member = properties_of(tool.parameters).get(name)
    return isinstance(member, Mapping) and bool({"enum", "format"} & member.keys())


def lacking(need: NeededTool) -> list[str]:
    """The required arguments that nobody gave a value for."""
    said = given(need)
    return [name for name in required_of(need.tool.parameters) if name not in said]


def _with_providers(found: list[NeededTool], tools: tuple[Tool, ...]) -> Iterator[NeededTool]:
    """Rule 7."""
    planned = {need.tool.name for need in found}
    for need in found:
        provider = _provider(need, tools, planned)
        if provider is not None:
            yield NeededTool(provider, need.said)
            need = replace(need, waits=True)
        yield need


def _provider(need: NeededTool, tools: tuple[Tool, ...], planned: set[str]) -> Tool | None:
    """The tool that finds an id which the need lacks. It is none of those that are planned."""
    required = need.tool.parameters.get("required")
    if need.said.earlier or len(tools) == 1 or not isinstance(required, list):
        return None
    others = [tool for tool in tools if tool.name not in planned]
    if not others:
        return None
    ids = [name for name in required if "id" in stems_of(str(name))]
    for name in lacking(need) if ids else ():
        words = set(stems_of(name))
        if "id" not in words:
            continue
        for tool in others:
            finds = set(stems_of(tool.name)) & FINDERS or tool.name.lower().startswith("get")
            asks_for_it = name in required_of(tool.parameters)
            if finds and not asks_for_it and (words - {"id"}) & set(stems_of(tool.name)):
                return tool
    return None
