"""The keys of an object in JSON that a prompt lists: "with name and age", "keys: a (integer), b".

A list begins after one of LEADS. Its items are separated by commas, "and" or line breaks. Behind a key, its
type or its choices may follow in brackets, after a colon, or after "one of".
"""

import re
from typing import Final

from mock_electron._regex import regex
from mock_electron.model.hints import folded
from mock_electron.model.json_mode.kinds import (
    Schema,
    by_name,
    object_of,
    of_choices,
    of_words,
)

Found = tuple[Schema, int, int]
"""The schema of the listed keys, and the part of the text that lists them."""
FEW_WORDS: Final = r"[^.!?\n{}]{0,40}?"
LEADS: Final = tuple(
    regex(pattern)
    for pattern in (
        r"\b(?:keys?|fields?|propert(?:y|ies)|attributes?|columns?|claves|campos|clés|champs|schlüsseln?|feldern?|chaves|chiavi|campi)\b"
        r"(?:\s++(?:named|called|are|is|should be|must be|of))*+\s*+(?::\s*+)?(?=[\w\"'`“*-])",
        rf"\bjson\b{FEW_WORDS}\b(?:with|containing|contains|including|includes|having|has)\b(?:\s*+:)?\s*+",
        r"(?<!to )\bjson(?: (?:please|object|only))*+\s*+:\s*+(?=[a-z_]\w*+(?:\s*+,|\s++and\b))",
        rf"\b(?:extract|identify|find|return|provide|give me|list|tell me)\b{FEW_WORDS}(?=\b(?:the |an? |their |its )?[a-z_]\w*+(?:,[^.!?\n{{}}:]{{0,80}}?)? and (?:the |an? |their |its )?\w++ (?:from|of|in|as|for)\b)",
    )
)
"""What stands before a list of keys, in lowercase, surest first."""
QUOTED: Final = r"[\"'`“]([A-Za-z_][\w-]*)[\"'`”]"
QUOTED_KEY: Final = regex(QUOTED)
RUN_OF_QUOTED: Final = r"(?:[\"'`“][A-Za-z_][\w-]*[\"'`”]\s*+(?:,\s*+)?(?:(?:and|or|&)\s*+)?)+"
QUOTED_RUN: Final = regex(
    rf"(?P<before>(?:key|field|property)\s*+){RUN_OF_QUOTED}"
    rf"|{RUN_OF_QUOTED}(?P<after>(?:keys?|fields?|propert(?:y|ies)|array|list)\b)?",
    re.IGNORECASE,
)
"""Quoted names in a row; they are keys if one of the words is before or after them."""
TYPES: Final = "string|text|integer|int|number|numeric|float|boolean|bool|list of|array of"
ITEM: Final = regex(
    r"(?:\s*+(?:[-*•]|\d++[.)])(?=\s))?\s*+(?:(?:the|an?|its|their|your|following|required|optional|also)(?= ++(?!and\b)[\w\"'`“*]) ++)*+"
    rf"(?:(?P<type>{TYPES}|list of|array of)s?\b(?! *(?:[,.;:(]|(?:and|for|from|of|in|with)\b|\Z))\s*+)?(?:(?:keys?|fields?|property|properties|named|called)\b\s*+)*+"
    r"(?:[\"'`“](?P<quoted>[A-Za-z_][\w-]*+)[\"'`”]|\**+(?P<bare>[A-Za-z_]\w*+(?:[ -](?!(?:and|or|y|und|et|e)\b)[a-z]++(?= *(?:[,;&(:\n.]|\Z|(?:and|for|from|of|in|y|und|et|e)\b)))?)\**+)",
    re.IGNORECASE,
)
INSIDE: Final = regex(r"\s*+\((?P<told>[^()\n]*+)\)")
CHOICES: Final = regex(
    r"\s*+[:,]?(?: (?:which|that|is|are|must|should|can|will|be|being))*+ ?(?:(?:either|one of)|(?<=be)|(?<=is)|(?<=:))[: ]*+"
    r"(?P<told>[\"'`“]?[\w-]++[\"'`”]?(?:\s*+,\s*+(?!or\b)[\"'`“]?[\w-]++[\"'`”]?)*+,? or [\"'`“]?[\w-]++[\"'`”]?)",
    re.IGNORECASE,
)
TOLD: Final = regex(r"\s*+(?::|=|–|—| - | as\b| is\b)\s*+(?P<told>[^,;\n.]*+)", re.IGNORECASE)
SEPARATOR: Final = regex(
    r"[^\n,;.!?({&:]{0,40}?(?P<mark>\s*+,?\s*+(?:\b(?:and|y|und|et|e|और)(?= )|&)|[,;]|\n)", 2
)
NO_KEYS: Final = frozenset(
    "about as at by for from in is it no of on or that this to what where which who with and json me".split()
)
ENDS: Final = regex(r" (?:from|of|about|for|based|given|in|who|where|when)\b", re.IGNORECASE)
LONGEST_RUN: Final = 4_000
"""The most characters of quoted names in a row that are read."""
PART_OF: Final = regex(r" of\b")
"""What shows that a single word is no key: "in JSON, with a limit of 2"."""
MOST_KEYS: Final = 100
"""The most items of a list that are read."""


def listed(text: str) -> Found | None:
    """The schema of the keys that a text lists, and where it does; None if it lists none."""
    lower = folded(text)
    near = [
        (run.start(), run.end(), key)
        for run in QUOTED_RUN.finditer(text)
        if run["before"] or run["after"]
        for key in QUOTED_KEY.findall(run[0], 0, LONGEST_RUN)
    ]
    found = {key: by_name(key) for _, _, key in near}
    start, end = (near[0][0], near[-1][1]) if near else (len(text), 0)
    first = QUOTED_KEY.search(text, text.rfind(".", 0, start) + 1) if near else None
    if first is not None and first.start() < start:
        items, after = _items(text, first.start())
        if not found.keys().isdisjoint(items):
            return object_of({**found, **items}), first.start(), max(end, after)
    for lead in LEADS[:1] if near else LEADS:
        match = lead.search(lower)
        if match is None:
            continue
        items, after = _items(text, match.end())
        if lead is not LEADS[0] and len(items) == 1 and PART_OF.match(text, after):
            continue
        if items and not (near and not any(key in found for key in items)):
            found |= items
            start, end = min(start, match.start()), max(end, after)
            break
    return (object_of(found), start, end) if found else None


def _items(text: str, at: int) -> tuple[dict[str, Schema], int]:
    """The keys of a list that begins at a place, with their schemas, and where the list ends."""
    found: dict[str, Schema] = {}
    is_told = is_last = False
    for _ in range(MOST_KEYS):
        item = ITEM.match(text, at)
        key = (item["quoted"] or item["bare"]) if item else None
        if item is None or key is None or key.lower() in NO_KEYS:
            break
        at = item.end()
        schema = of_words(item["type"]) if item["type"] else None
        told = INSIDE.match(text, at) or CHOICES.match(text, at)
        told = told or BETWEEN.match(text, at)
        if told is None and (is_told or not found):
            told = TOLD.match(text, at)
            is_told = told is not None and text[at : at + 3].lstrip()[:1] in (":", "–", "—", "-")
        if told is not None:
            at = told.end()
            choices = of_choices([part.strip(" \"'`“”") for part in CUT.split(told["told"])])
            schema = (
                (choices if " or " in told["told"] else None) or of_words(told["told"]) or schema
            )
        found[key.strip().replace(" ", "_").replace("-", "_") if item["bare"] else key] = (
            schema or by_name(key)
        )
        if ENDS.match(text, at) and len(found) > 1:
            break
        more = SEPARATOR.match(text, at)
        if more is None:
            break
        if text[more.end() - 1] == "\n" and not BULLET.match(text, more.end()):
            break
        is_last, was_last = more["mark"].strip(" ,") not in ("", ";", "\n"), is_last
        if (was_last and not is_last and text[more.end() - 1] == ",") or not ITEM.match(
            text, more.end()
        ):
            break
        at = more.end()
    return found, at


BETWEEN: Final = regex(
    r" (?P<told>(?:between|from) [\d.]++ (?:and|to) \d++(?:\.\d++)?+)", re.IGNORECASE
)
CUT: Final = regex(r",\s*+or\b|,|\bor\b")
BULLET: Final = regex(r"\s*+(?:[-*•]|\d++[.)]|[\"'`]?\w++[\"'`]?\s*+[:(])")
