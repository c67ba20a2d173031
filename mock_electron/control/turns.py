"""`/lanes/{name}/turns`: what the users of a voice agent heard."""

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
    lane, given = lane_of(request), query_of(request)
    await settled(request, lane, given.values.get("wait", SETTLING_TIME))
    require_open(request, lane)
    every = await exchanges_of(request, lane)
    found = traffic.exchanges_of(every, lane.journal.dropped, "", lane.settings)
    return await control_of(request).journals.run(_turns, found)


def _turns(found: traffic.Exchanges) -> Response:
    turns = turns_of(found, found.settings)
    shown = [turn.to_dict() for turn in turns]
    rate = found.settings.speech_rate
    return answer({"turns": shown, "timed": turns.are_timed, "speech_rate": rate})
