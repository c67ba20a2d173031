"""`/lanes/{name}/exchanges`: what a lane was asked, and what it answered."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from msgspec import Struct
from starlette.requests import Request
from starlette.responses import Response

from mock_electron.control.context import (
    InParts,
    answer,
    control_of,
    exchanges_of,
    lane_of,
    number_of,
)
from mock_electron.control.exchange_view import details, row
from mock_electron.control.query import Query, query_of
from mock_electron.control.reading import Window
from mock_electron.control.refused import Conflict, Invalid, Missing
from mock_electron.control.waiting import require_settled, wait_for_news
from mock_electron.engine.exchange import Exchange
from mock_electron.engine.lane import Lane
from mock_electron.serve.lanes import DEFAULT_NAME, LANES_PATH
from mock_electron.traffic.exchanges import Exchanges
from mock_electron.traffic.exports.har import har_parts
from mock_electron.traffic.exports.json_lines import lines_of
from mock_electron.wire import codec

DEFAULT_COUNT: Final = 100
"""The number of exchanges that a response has by default: the latest."""
MOST_EXCHANGES: Final = 1_000
"""The maximum number of exchanges of a response in JSON."""
LONGEST_WAIT: Final = 60.0
"""The maximum time of a long poll, in seconds."""


class Selection(Struct, frozen=True):
    """What a request asks for.

    Attributes:
        since: Only exchanges with a larger number; None for all.
        last: At most this many: the latest of them; None for all.
        offset: In JSON, the index of the first exchange of the response; None for the latest.
        limit: In JSON, the maximum number of exchanges of the response.
        wait: Seconds to wait until there are `count` exchanges.
        count: The number of exchanges to wait for: 1 by default, if there is a wait.
        in_flight: Whether to return at once, with the exchanges in flight.
        others: Whether requests for other paths belong to the result.
        conditions: The conditions of `exchanges.where`, by name.
    """

    since: int | None = None
    last: int | None = None
    offset: int | None = None
    limit: int | None = None
    wait: float = 0.0
    count: int | None = None
    in_flight: bool = False
    others: bool = False
    conditions: Mapping[str, Any] = {}

    @classmethod
    def of(cls, given: Query) -> "Selection":
        """Return the selection that the parameters of a URL ask for."""
        values = {name: value for name, value in given.values.items() if name != "format"}
        if values.get("wait"):
            values.setdefault("count", 1)
        return cls(**values, conditions=given.conditions)

    @property
    def size(self) -> int:
        """The maximum number of exchanges of a response in JSON."""
        return min(self.limit or self.last or DEFAULT_COUNT, MOST_EXCHANGES)

    @property
    def is_window(self) -> bool:
        """Whether it asks for any exchanges in a row, without waiting."""
        selects = self.conditions or self.since is not None or self.last or self.count
        return self.in_flight and self.others and not selects

    def shown(self, found: Exchanges) -> tuple[Exchanges, int]:
        """Return the exchanges of a response in JSON, and the index of the first."""
        latest = max(len(found) - self.size, 0)
        begin = latest if self.offset is None else min(self.offset, len(found))
        return found[begin : begin + self.size], begin

    def select(self, every: Sequence[Exchange], lane: Lane, url: str) -> Exchanges:
        """Return the exchanges of a lane that are asked for.

        Args:
            every: All exchanges.
            lane: The lane.
            url: The URL of the lane.
        """
        since = -1 if self.since is None else self.since
        chosen = [one for one in every if (self.others or one.is_chat) and one.number > since]
        found = Exchanges(chosen, lane.journal.dropped, url, settings=lane.settings)
        if self.conditions:
            found = found.where(**self.conditions)
        return found if self.last is None else found[-self.last :]


async def list_exchanges(request: Request) -> Response:
    """Return the exchanges in order of arrival."""
    lane = lane_of(request)
    given = query_of(request)
    form, query = FORMATS[given.values.get("format", "json")], Selection.of(given)
    if form is _rows and query.is_window:
        return await _window(request, lane, query)
    found = await _found(request, lane, query)
    return await control_of(request).journals.run(form, found, query, lane)


async def _found(request: Request, lane: Lane, query: Selection) -> Exchanges:
    """Return the selected exchanges, once there are enough and none is in flight."""
    count = query.count
    if count is not None:

        async def are_enough() -> bool:
            return len(await _selected(request, lane, query)) >= count

        await wait_for_news(request, lane, are_enough, query.wait)
    if not query.in_flight:
        await require_settled(request, lane)
    return await _selected(request, lane, query)


async def _selected(request: Request, lane: Lane, query: Selection) -> Exchanges:
    control = control_of(request)
    url = control.lanes.url(request, request.path_params["name"])
    every = await exchanges_of(request, lane)
    try:
        return await control.journals.run(query.select, every, lane, url)
    except (TypeError, ValueError) as error:
        raise Invalid.listing([((), str(error))], "the query") from None


async def _window(request: Request, lane: Lane, query: Selection) -> Response:
    """Return rows without building the exchanges outside of the window."""
    read = await control_of(request).journals.window(lane, query.offset, query.size)
    return await control_of(request).journals.run(_window_page, read, lane)


def _window_page(read: Window, lane: Lane) -> Response:
    rows = [row(one) for one in read.exchanges]
    return _page({"rows": rows}, read.offset, read.of, read.dropped, lane)


def _json(found: Exchanges, query: Selection, lane: Lane) -> Response:
    shown, offset = query.shown(found)
    counts = _counts(offset, len(found), found.dropped, lane)
    return InParts([*_encoded(shown), b"]," + codec.encode(counts).removeprefix(b"{")])


def _encoded(shown: Exchanges) -> Iterator[bytes]:
    """Yield a list of exchanges as JSON. Each is encoded alone, because that blocks all threads."""
    yield b'{"exchanges":['
    for index, one in enumerate(shown):
        yield (b"," if index else b"") + codec.encode(one.to_dict())


def _rows(found: Exchanges, query: Selection, lane: Lane) -> Response:
    shown, offset = query.shown(found)
    rows = [row(one) for one in shown]
    return _page({"rows": rows}, offset, len(found), found.dropped, lane)


def _page(shown: dict[str, Any], offset: int, selected: int, dropped: int, lane: Lane) -> Response:
    """Return a part of the selected exchanges, and how many there are."""
    return answer(shown | _counts(offset, selected, dropped, lane))


def _counts(offset: int, selected: int, dropped: int, lane: Lane) -> dict[str, int]:
    recorded = lane.journal.opened - lane.journal.forgotten
    return {"offset": offset, "selected": selected, "recorded": recorded, "dropped": dropped}


def _text(
    media_type: str, write: Callable[[Exchanges], Iterable[str]], extension: str
) -> Callable[..., Response]:
    def form(found: Exchanges, *_others: object) -> Response:
        name = found.url.partition(LANES_PATH)[2] or DEFAULT_NAME
        saved = {"content-disposition": f'attachment; filename="{name}{extension}"'}
        parts = [part.encode() for part in write(found)]
        return InParts(parts, headers=saved, media_type=media_type)

    return form


def _json_lines(found: Exchanges) -> Iterable[str]:
    return lines_of(found.with_others, found.settings)


def _har(found: Exchanges) -> Iterable[str]:
    return har_parts(found.with_others, found.url)


def _script(found: Exchanges) -> Iterable[str]:
    try:
        return [found.script()]
    except ValueError as error:
        raise Conflict(f"the exchanges cannot be written as a script: {error}") from None


FORMATS: Final[Mapping[str, Callable[..., Response]]] = {
    "json": _json,
    "rows": _rows,
    "jsonl": _text("application/jsonl", _json_lines, ".jsonl"),
    "har": _text("application/json", _har, ".har"),
    "script": _text("application/yaml", _script, ".yaml"),
}
"""The formats of the parameter `format`."""


async def get_exchange(request: Request) -> Response:
    """Return everything about one exchange."""
    lane, number = lane_of(request), number_of(request, "number", "exchange")
    every = await exchanges_of(request, lane)
    found = _numbered(every, number)
    url = control_of(request).lanes.url(request, request.path_params["name"])
    return await control_of(request).journals.run(_details, found, every, lane, url)


def _details(found: Exchange, every: Sequence[Exchange], lane: Lane, url: str) -> Response:
    return answer(details(found, every, lane, url))


def _numbered(every: Sequence[Exchange], number: int) -> Exchange:
    for exchange in every:
        if exchange.number == number:
            return exchange
    raise Missing.numbered("exchange", number, [one.number for one in every])
