"""Audits of journals as one file: the inspector with the exchanges that explain the findings.

A journal may have any number of exchanges. The file has those that findings name, those of the
weightiest finding first, and the latest ones.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, Final
from urllib.parse import quote

from mock_electron.audit.finding import Finding
from mock_electron.audit.lane_audit import LaneAudit
from mock_electron.audit.safe_text import safe
from mock_electron.control import views
from mock_electron.control.exchange_view import details, row
from mock_electron.control.page_file import MOST_EXCHANGES, ShownLane, page_file
from mock_electron.control.turns import turns_document
from mock_electron.engine.exchange import Exchange
from mock_electron.engine.lane import Lane
from mock_electron.outputs.found_keys import keys_in, without_keys
from mock_electron.traffic.lines import counted
from mock_electron.traffic.reading import DEFAULT_LANE
from mock_electron.wire import codec

MOST_OF_FINDING: Final = 20
"""The maximum number of exchanges of one finding in a file: those that the page shows."""
MOST_NAMED: Final = 400
"""The maximum number of exchanges in a file because findings name them."""
MOST_BYTES: Final = 32 * 1024 * 1024
"""The maximum size of the exchanges of a lane in a file."""
UNKNOWN: Final = ("base_url", "in_flight", "peak_in_flight", "steps", "faults")
"""What a journal does not have of the state of its lane."""
LOST: Final = ("why", "raw_response")
"""What a journal does not have of an exchange: the script, and the bytes of the answer."""
SERVER: Final = "http://127.0.0.1:8787"
"""Where a copied request is sent: a journal does not have the address of its server."""


def audit_page(audits: Sequence[LaneAudit]) -> bytes:
    """Return audits as an HTML document. The same audits give the same bytes."""
    first, *others = dict.fromkeys(one.journal for one in audits)
    more = f" and {counted(len(others), 'more journal')}" if others else ""
    page = page_file(
        [_shown(one, has_journal=bool(others)) for one in audits],
        f"Audit of {safe(first)}{more}",
        view="audit",
        nothing="No request for the chat endpoint",
    )
    return page.encode("utf-8", "backslashreplace")


def _shown(one: LaneAudit, *, has_journal: bool) -> ShownLane:
    """Return what the page shows of a lane, with the name of its journal if there are several."""
    found, every = one.exchanges, one.exchanges.with_others
    lane = Lane(found.settings)
    url = SERVER if one.lane == DEFAULT_LANE else f"{SERVER}/lanes/{quote(one.lane, safe='')}"
    known = {each.number: each for each in every}
    documents = _documents(_wanted(one.audit, every), known, lane, url)
    turns = turns_document(found, documents)
    return ShownLane(
        safe(f"{one.journal}: {one.lane}" if has_journal else one.lane),
        _state(lane, every),
        [documents[number].pop("row") for number in sorted(documents)],
        [documents[number] for number in sorted(documents)],
        _without_keys(turns, keys_in([codec.encode(turns).decode()])),
        len(every) - len(documents),
        {"exchanges": len(found), "dropped": found.dropped, **one.audit.to_dict()},
    )


def _wanted(findings: Sequence[Finding], every: Sequence[Exchange]) -> Iterator[int]:
    """Yield the numbers of the exchanges for a file, the most important first, some repeatedly."""
    named = (number for one in findings for number in one.exchanges[:MOST_OF_FINDING])
    yield from islice(dict.fromkeys(named), MOST_NAMED)
    yield from (one.number for one in reversed(every[-MOST_EXCHANGES:]))


def _documents(
    wanted: Iterator[int], known: Mapping[int, Exchange], lane: Lane, url: str
) -> dict[int, dict[str, Any]]:
    """Return everything about exchanges by number, as far as there is room in a file."""
    room, found = MOST_BYTES, dict[int, dict[str, Any]]()
    every = [*known.values()]
    for number in wanted:
        if number in known and number not in found:
            document = _document(known[number], every, lane, url)
            room -= len(codec.encode(document))
            if room < 0:
                break
            found[number] = document
    return found


def _document(
    exchange: Exchange, every: Sequence[Exchange], lane: Lane, url: str
) -> dict[str, Any]:
    """Return everything about an exchange, its row included, without keys in any of its texts."""
    reply = exchange.reply
    said = [] if reply is None else [reply.content or "", *(c.arguments for c in reply.tool_calls)]
    keys = keys_in([*said, exchange.body.decode(errors="replace")])
    document = {"row": row(exchange), **details(exchange, every, lane, url)} | dict.fromkeys(LOST)
    return _without_keys(document, keys)


def _without_keys(document: dict[str, Any], keys: Iterable[str]) -> dict[str, Any]:
    """Return a document without some keys, in any of their forms."""
    text = codec.encode(document).decode()
    redacted: dict[str, Any] = json.loads(without_keys(text, keys))
    return redacted


def _state(lane: Lane, every: Sequence[Exchange]) -> dict[str, Any]:
    """Return the state of a lane at its last exchange, without what a journal does not have."""
    now = max((one.ended_at or one.arrived_at for one in every), default=0.0)
    clock = {"mode": lane.settings.clock, "now": now}
    return views.lane_state(lane, every) | dict.fromkeys(UNKNOWN) | {"clock": clock}
