"""The exchanges of another world: the same requests, re-executed by the engine."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from mock_electron.engine.arrival import Arrival
from mock_electron.engine.exchange import Exchange
from mock_electron.engine.keys import KEYS_WITH_A_PLAN, KeyGroups, account_id
from mock_electron.engine.ready import AnyAnswer
from mock_electron.engine.settings import Settings
from mock_electron.what_if.changes import NONE, Changed, Changes
from mock_electron.what_if.lane import ReplayLane
from mock_electron.what_if.measured import Delay, Measured, later
from mock_electron.what_if.order import is_known
from mock_electron.what_if.recorded import FAULT_HEADER, is_by_the_plan, is_early
from mock_electron.what_if.timeline import Timeline, sending
from mock_electron.wire import codec
from mock_electron.wire.request import CHAT_PATH, JSON_MEDIA_TYPE

ENCODED: Final = b"content-encoding"
OWN_PLANS: Final = {account_id(key).hex(): key for key in KEYS_WITH_A_PLAN}
"""The keys that select a plan, by the account of each."""


class Replayed(Struct, frozen=True):
    """The exchanges of another world.

    Attributes:
        exchanges: The exchanges, in the order of the journal.
        moved: The number of requests with the text that is moved.
        waited: Numbers of requests that came later, because they contain a reply that ends later.
        overlaps_known: Whether it is known which replies overlap in the journal.
        spoken: Numbers of requests that the pocket model answered: the journal has no reply.
    """

    exchanges: tuple[Exchange, ...]
    moved: int
    waited: tuple[int, ...]
    overlaps_known: bool
    spoken: tuple[int, ...]


def replay(
    exchanges: Sequence[Exchange],
    recorded: Settings,
    settings: Settings,
    changes: Changes = NONE,
    given: Collection[str] = (),
) -> Replayed:
    """Return the exchanges of another world.

    Args:
        exchanges: The exchanges of a journal.
        recorded: The settings with which they were recorded.
        settings: The settings of the other world.
        changes: What is different in the requests.
        given: The settings that are given. A plan counts for the keys that have their own, too, and
            a pace for the steps that have theirs.
    """
    lane = ReplayLane(settings, len(exchanges), own_pace="pace" not in given)
    frozen = recorded.clock == "frozen"
    timeline = Timeline(exchanges, recorded)
    keys = _Keys(recorded, settings, own_plans="plan" not in given)
    requests = [changes.of(one.body) if one.understood else Changed(one.body) for one in exchanges]
    answers: dict[int, tuple[AnyAnswer, int]] = {}
    measured, delays = Measured(recorded), dict[int, Delay]()
    for time, comes, index in timeline.events():
        lane.clock.show(time)
        exchange = exchanges[index]
        if comes:
            lane.recorded = exchange
            arrival = _arrival(exchange, requests[index].body, keys.of(exchange))
            answer = lane.open(arrival, exchange.error if is_early(exchange) else None)
            frames, offset = sending(exchange, answer)
            answers[index] = answer, frames
            delays[index] = measured.delay_of(exchange, lane.context, answer)
            timeline.ends(index, offset + delays[index].end, time)
        else:
            lane.close(*answers.pop(index))
    renamed = _renamed(lane.exchanges(), exchanges, delays, frozen=frozen)
    found = sorted(renamed, key=lambda one: one.number)
    return Replayed(
        tuple(found),
        sum(request.moved for request in requests),
        tuple(exchanges[index].number for index in timeline.waited),
        not frozen or is_known(exchanges),
        tuple(lane.spoken),
    )


class _Keys:
    """The API keys of the other world: one for each account. The journal has no keys."""

    def __init__(self, recorded: Settings, settings: Settings, *, own_plans: bool) -> None:
        self._regrouped = settings.accounts != recorded.accounts
        self._own_plans = own_plans
        self._groups = _groups(settings.accounts)

    def of(self, exchange: Exchange) -> str:
        """Return the key of an exchange."""
        account = exchange.key_id if self._regrouped else exchange.account
        account = self._groups.get(account, account) if self._regrouped else account
        return OWN_PLANS.get(account, account) if self._own_plans else account


def _groups(accounts: KeyGroups) -> Mapping[str, str]:
    """Return the name of the group of each API key, by the id of the key."""
    return {
        account_id(key).hex(): account_id("\0".join(group)).hex()
        for group in accounts
        for key in group
    }


def _arrival(exchange: Exchange, body: bytes, key: str) -> Arrival:
    """Return the request. Its body is neither compressed nor in another encoding any more."""
    headers, kind = exchange.raw_headers, exchange.headers.get("content-type", "")
    if exchange.understood or _is_json(body):
        headers = tuple([one for one in headers if one[0] != ENCODED])
        kind = JSON_MEDIA_TYPE
    accepted = exchange.headers.get("accept-encoding", "")
    # The faults that a header asks for are in the journal, unless the plan refused the request.
    asked = exchange.headers.get(FAULT_HEADER, "") if is_by_the_plan(exchange) else ""
    return Arrival("POST", CHAT_PATH, f"Bearer {key}", kind, body, accepted, asked, headers)


def _is_json(body: bytes) -> bool:
    try:
        codec.decode(body)
    except ValueError:
        return False
    return True


def _renamed(
    replayed: Sequence[Exchange],
    recorded: Sequence[Exchange],
    delays: Mapping[int, Delay],
    *,
    frozen: bool,
) -> Iterator[Exchange]:
    """Yield the exchanges with the numbers and the clients of the journal.

    Args:
        replayed: The exchanges of the other world, in its order.
        recorded: Those of the journal.
        delays: What each one took beyond its pace, by its index in the journal, in the order of the
            other world.
        frozen: Whether the clock is frozen. If so, the recorded order of the arrivals and ends is
            that of the other world, too.
    """
    order = [*delays]
    for exchange, index in zip(replayed, order, strict=True):
        one, retry = recorded[index], exchange.retry_of
        yield replace(
            later(exchange, delays[index]),
            number=one.number,
            authorization=one.authorization,
            raw_headers=one.raw_headers,
            account=one.account,
            key_id=one.key_id,
            connection=one.connection,
            retry_of=None if retry is None else recorded[order[retry]].number,
            monotonic=one.monotonic if frozen else exchange.monotonic,
            raised=one.raised if exchange.error == one.error else "",
        )
