"""Find the tools that a message needs, and the part of the message that belongs to each.

1. A message is cut into clauses (`clauses`). Each clause gets the tool that fits it best, if that tool
   fits well enough (`scoring`).
2. A clause without a tool belongs to the clause before it, or else to the one after it.
3. A clause that speaks of the things of several tools needs all of them: "the distance and the time
   between A and B" (`together`).
4. Two consecutive clauses for one tool are one need, unless both give a value for the same argument.
5. A list of values needs a call for each of them, unless one call takes them all (`several`).
6. A value that was said once for several calls belongs to all of them.
7. A need with a missing value waits for the results of the needs before it.
8. If a tool needs an id that is not known, the tool that finds the id is needed first (`providers`).
"""

import re
from collections.abc import Iterable
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from mock_electron._regex import regex
from mock_electron.model.decide.actions import UNDOES
from mock_electron.model.decide.catalogue import Catalogue, catalogue_of
from mock_electron.model.decide.clauses import adds, clauses, steps
from mock_electron.model.decide.needed import NeededTool, given, lacking, shared
from mock_electron.model.decide.providers import provider_of
from mock_electron.model.decide.scoring import ENOUGH, ToolScore, compared, scores_of
from mock_electron.model.decide.several import again, calls_of
from mock_electron.model.decide.spoken import Spoken
from mock_electron.model.decide.together import together
from mock_electron.model.decide.tool_words import Offer
from mock_electron.model.fill import Said, assigned
from mock_electron.model.fill.parameters.slots import required_of
from mock_electron.model.json_mode.asked import is_json_asked
from mock_electron.model.language import ENGLISH, lexical
from mock_electron.model.work import RULE
from mock_electron.wire.request import Tool

RESULT: Final = regex(
    r"\bthe (?:result|answer|outcome)s?\b|\b(?:by|with|to|from|and|plus|minus|times) the (?:sum|product|total)\b(?! of)",
    re.IGNORECASE,
)
"""Words for the result of the need before."""
REFERS: Final = regex(
    r"\b(?:it|its|that|this|there|them|they|their|those|these|him|her|his|then)\b", re.IGNORECASE
)
"""Words for something that the need before may give."""
QUOTED: Final = regex(r"\s*[\"“]([^\"“”]+)[\"”]\s*")


def _without_form(text: str, places: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return the clauses of a text without those that say that the reply is JSON."""
    if "json" not in text.lower() or len(places) < 2:
        return places
    return [(start, end) for start, end in places if not is_json_asked(text[start:end])] or places


CLEAR: Final = 20
"""By how many points a tool must be better than the next one to be the best for sure."""
FEW: Final = 2
"""Up to so many clauses are not counted by the speaker."""


def needs(tools: tuple[Tool, ...], said: Said) -> tuple[NeededTool, ...]:
    """Return everything that a message needs done by these tools, in order."""
    catalogue = catalogue_of(tools, said.work)
    quoted = QUOTED.fullmatch(said.text)
    said = replace(said, text=said.text.strip() if quoted is None else quoted[1].strip())
    language = lexical(said.text, said.language.code)
    places = _without_form(said.text, clauses(said.text, language))
    parts = steps(said.text, places) if len(places) > FEW else places
    counted = len(parts) < len(places)
    may_add = language is ENGLISH and not counted
    found = _found(catalogue, said, parts, may_add=may_add, counted=counted)
    if not found and len(places) > 1:
        found = _found(catalogue, said, places, may_add=False)
    if not found and len(places) > 1:
        found = _found(catalogue, said, [(0, len(said.text))], may_add=False)
    if not found:
        return ()
    merged = [_need(piece, said) for piece in _merged(found, said)]
    if len(merged) > 1:
        merged = list(_waiting(shared(merged)))
    calls = [replace(need, said=call) for need in merged for call in calls_of(need.tool, need.said)]
    return tuple(_with_providers(calls, tools))


class _Piece(Struct, frozen=True):
    """A tool that is needed.

    Attributes:
        tool: The tool.
        start: Where the text for it begins.
        end: Where the text for it ends.
        again: Another text for it, if it repeats the need before it with other values.
    """

    tool: Tool
    start: int
    end: int
    again: str | None = None


def _need(piece: _Piece, said: Said) -> NeededTool:
    text = piece.again or said.text[piece.start : piece.end].strip()
    return NeededTool(piece.tool, replace(said, text=text))


def _fitting(catalogue: Catalogue, said: Said) -> list[ToolScore]:
    """Return the scores of the tools that fit a text, best first."""
    spoken = Spoken(said.text, lexical(said.text, said.language.code), said.work)
    found = scores_of(catalogue, spoken)
    if not found or found[0].own < ENOUGH:
        return []
    if len(found) > 1 and found[0].points - found[1].points < CLEAR:
        found = compared(found, spoken, catalogue)
    best = max([one.points for one in found if one.own >= ENOUGH])
    fitting = [one for one in found if one.own >= ENOUGH or one.points > best]
    return [fitting[0], *(one for one in fitting[1:] if not _is_undone(one.tool, spoken))]


def _fitting_inside(catalogue: Catalogue, said: Said) -> list[ToolScore]:
    """Return the scores of the tools that fit the first clause of a part that any tool fits."""
    inner = clauses(said.text, said.language)
    texts = [said.text[start:end].strip() for start, end in inner] if len(inner) > 1 else []
    each = (_fitting(catalogue, replace(said, text=text)) for text in texts)
    return next((fitting for fitting in each if fitting), [])


def _is_undone(tool: Tool, spoken: Spoken) -> bool:
    """Return whether a tool only undoes something, and nobody said so."""
    offer = Offer.of(tool)
    return bool(offer.actions & UNDOES) and offer.words.verbs.isdisjoint(spoken.stems)


def _found(
    catalogue: Catalogue,
    said: Said,
    places: list[tuple[int, int]],
    *,
    may_add: bool,
    counted: bool = False,
) -> list[_Piece]:
    """Return what clauses need; rules 1 to 3.

    Args:
        catalogue: The tools.
        said: What was said.
        places: The places of the clauses.
        may_add: Whether a clause may only add to another one.
        counted: Whether the places are parts of several clauses.
    """
    found: list[_Piece] = []
    lead = None
    sure = ENOUGH if said.language is ENGLISH else 2 * ENOUGH
    for start, end in places:
        said.work.charge(RULE + end - start)
        text = said.text[start:end].strip()
        part = replace(said, text=text)
        fitting = _fitting(catalogue, part) or (_fitting_inside(catalogue, part) if counted else [])
        is_own = bool(fitting) and (not found or fitting[0].own >= sure)
        if is_own and fitting[0].own < WEAK and len(places) == 1:
            is_own = _has_a_value(fitting[0].tool, replace(said, text=text, earlier=()))
        if found and (not fitting or fitting[0].tool == found[-1].tool):
            once_more = again(_need(found[-1], said).said, text)
            if once_more is not None:
                found.append(_Piece(found[-1].tool, start, end, once_more))
                continue
        if (
            is_own
            and found
            and _is_recap(fitting[0].tool, found, replace(said, text=text, earlier=()))
        ):
            is_own = False
        elif is_own and may_add and len(places) > 1 and adds(text, fitting[0].tool.name):
            is_own = _is_whole(found, fitting, said, text)
        if is_own:
            start, lead = start if lead is None else lead, None
            found += _pieces(catalogue, said, start, end, fitting)
        elif found:
            found[-1] = replace(found[-1], end=end)
        elif lead is None:
            lead = start
    return found


def _is_recap(tool: Tool, found: list[_Piece], said: Said) -> bool:
    """Return whether a clause only speaks again of what was needed before the last need."""
    known = any(piece.tool == tool for piece in found[:-1]) and found[-1].tool != tool
    return known and bool(assigned(tool, said).missing)


WEAK: Final = 13
"""A tool with a lower score is meant only if a value that it requires was said."""


def _has_a_value(tool: Tool, said: Said) -> bool:
    """Return whether a value was said that a tool requires, if it requires any."""
    required = required_of(tool.parameters)
    return not required or len(assigned(tool, said).missing) < len(required)


def _is_whole(found: list[_Piece], fitting: list[ToolScore], said: Said, text: str) -> bool:
    """Return whether a sentence tells all that another call of the tool before it requires."""
    if not found or not fitting or fitting[0].tool != found[-1].tool:
        return False
    alone = assigned(found[-1].tool, replace(said, text=text, earlier=()))
    return not alone.missing and bool(required_of(found[-1].tool.parameters))


def _pieces(
    catalogue: Catalogue, said: Said, start: int, end: int, fitting: list[ToolScore]
) -> list[_Piece]:
    part = replace(said, text=said.text[start:end])
    return [
        _Piece(tool, start + first, start + last)
        for tool, first, last in together(fitting, part, catalogue)
    ]


def _merged(found: list[_Piece], said: Said) -> list[_Piece]:
    """Return the needs after rule 4."""
    merged: list[_Piece] = []
    for piece in found:
        before = merged[-1] if merged else None
        if (
            before is not None
            and before.tool == piece.tool
            and piece.again is None
            and _continues(_need(before, said), _need(piece, said))
        ):
            merged[-1] = replace(before, end=piece.end)
        else:
            merged.append(piece)
    return merged


def _continues(one: NeededTool, other: NeededTool) -> bool:
    """Return whether a need only says more about the need before it."""
    first, second = given(one), given(other)
    if any(name in second and name not in first for name in lacking(one)):
        return True
    return all(first[name] == second[name] for name in first if name in second)


def _waiting(calls: list[NeededTool]) -> Iterable[NeededTool]:
    """Yield the calls after rule 7."""
    for place, call in enumerate(calls):
        text = call.said.text
        waits = place > 0 and (
            RESULT.search(text) is not None
            or (REFERS.search(text) is not None and bool(lacking(call)))
        )
        yield replace(call, waits=waits)


def _with_providers(found: list[NeededTool], tools: tuple[Tool, ...]) -> Iterable[NeededTool]:
    """Yield the needs after rule 8."""
    planned = {need.tool.name for need in found}
    for need in found:
        provider = provider_of(need.tool, need.said, tools, planned)
        if provider is not None:
            yield NeededTool(provider, need.said)
            need = replace(need, waits=True)
        yield need
