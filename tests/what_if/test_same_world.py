"""The engine executes a journal again: the same world gives the same journal, another one its own."""

from hypothesis import Phase, given, settings
from worlds import INJECTED, TRAFFIC, WORLDS, Sent, run, seen

from mock_electron.engine.faults.injection import Injection
from mock_electron.engine.lane import Lane
from mock_electron.engine.settings import Settings
from mock_electron.what_if.replay import replay

PHASES = (Phase.explicit, Phase.reuse, Phase.generate)
"""No failure is made smaller: that takes minutes."""


@settings(max_examples=25, deadline=None, phases=PHASES)
@given(traffic=TRAFFIC, world=WORLDS, injected=INJECTED)
def test_a_world_into_itself_is_the_recorded_world(
    traffic: list[Sent], world: Settings, injected: list[Injection]
) -> None:
    """Each answer, each number of cached tokens and each time is the same."""
    lane = Lane(world)
    for injection in injected:
        lane.inject(injection)
    exchanges = run(lane, traffic)
    replayed = replay(exchanges, world, world).exchanges
    assert [seen(one) for one in replayed] == [seen(one) for one in exchanges]


@settings(max_examples=30, deadline=None, phases=PHASES)
@given(traffic=TRAFFIC, world=WORLDS, other=WORLDS)
def test_another_world_is_as_if_the_requests_were_sent_to_it(
    traffic: list[Sent], world: Settings, other: Settings
) -> None:
    """The same requests at the same times, sent to a lane of that world, get the same answers.

    A plan that is given is that of all keys, so none has its own here.
    """
    traffic = [one._replace(key=one.key.replace("standard", "any")) for one in traffic]
    exchanges = run(Lane(world), traffic)
    sent = run(Lane(other), traffic, exchanges)
    replayed = replay(exchanges, world, other).exchanges
    assert [seen(one) for one in replayed] == [seen(one) for one in sent]
