"""`seed`: a seed does not make replies reproducible at a temperature above 0."""

from collections.abc import Callable

from audit_traffic import Traffic
from rows import each

FOUND: dict[str, Callable[[Traffic], object]] = {
    "no temperature": lambda traffic: traffic.ask(seed=1),
    "a temperature": lambda traffic: traffic.ask(seed=1, temperature=0.7),
    "a low temperature": lambda traffic: traffic.ask(seed=1, temperature=0.01),
    "a stream": lambda traffic: traffic.ask(seed=1, stream=True),
    "seed 0": lambda traffic: traffic.ask(seed=0),
    "one of two": lambda traffic: (traffic.ask(seed=1, temperature=0), traffic.ask(seed=2)),
}


@each(FOUND)
def test_a_seed_with_a_temperature_is_found(talk: Callable[[Traffic], object]) -> None:
    """The finding has the exchange that relies on the seed, and not the others."""
    traffic = Traffic()
    talk(traffic)
    verdict = traffic.verdict("seed")
    assert verdict.outcome == "fail"
    assert [one.exchanges for one in verdict.findings] == [(len(traffic.exchanges) - 1,)]


NOT_FOUND: dict[str, tuple[Callable[[Traffic], object], str]] = {
    "temperature 0": (lambda traffic: traffic.ask(seed=1, temperature=0), "pass"),
    "temperature 0.0": (lambda traffic: traffic.ask(seed=1, temperature=0.0), "pass"),
    "no seed": (lambda traffic: traffic.ask(temperature=0.9), "not applicable"),
    "nothing": (lambda traffic: None, "not applicable"),
    "not valid": (lambda traffic: traffic.ask(seed="x"), "not applicable"),
    "a stream": (lambda traffic: traffic.ask(seed=1, temperature=0, stream=True), "pass"),
}


@each(NOT_FOUND)
def test_nothing_is_found(row: tuple[Callable[[Traffic], object], str]) -> None:
    """Temperature 0 passes; without a seed, the rule does not apply."""
    talk, outcome = row
    traffic = Traffic()
    talk(traffic)
    verdict = traffic.verdict("seed")
    assert (verdict.outcome, verdict.findings) == (outcome, ())
