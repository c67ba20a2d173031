"""`/lanes/{name}/turns`: what the users of a voice agent heard."""

from collections.abc import Container
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from mock_electron.control.context import (
    answer,
    control_of,
    exchanges_of,
    lane_of,
    require_open,
)
from mock_electron.control.query import query_of
from mock_electron.control.waiting import settled
from mock_electron.engine.journal import SETTLING_TIME
from mock_electron.traffic import exchanges as traffic
from mock_electron.traffic.turns import turns_of


async def get_turns(request: Request) -> Response:
    """Return the turns of all conversations, with times in milliseconds.

    It waits for answers in flight, and shows those that are still in flight then as they are.
    """
    lane, given = lane_of(request), query_of(request).values
    await settled(request, lane, given.get("wait", SETTLING_TIME))
    require_open(request, lane)
    every = await exchanges_of(request, lane)
    found = traffic.exchanges_of(every, lane.journal.dropped, "", lane.settings)
    last = found[-1].number if found else 0
    wanted = range(given.get("from", 0), given.get("to", last) + 1)
    return await control_of(request).journals.run(_turns, found, wanted)


def _turns(found: traffic.Exchanges, wanted: Container[int]) -> Response:
    return answer(turns_document(found, wanted))


def turns_document(found: traffic.Exchanges, wanted: Container[int]) -> dict[str, Any]:
    """Return turns as JSON values.

    Args:
        found: The exchanges of a lane.
        wanted: Numbers of exchanges. A turn without any of them is left out.
    """
    turns = turns_of(found, found.settings)
    shown = [one.to_dict() for one in turns if any(number in wanted for number in one.exchanges)]
    rate = found.settings.speech_rate
    return {"turns": shown, "timed": turns.are_timed, "speech_rate": rate}
