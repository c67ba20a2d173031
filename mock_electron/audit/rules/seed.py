"""`seed`: a seed does not make replies reproducible at a temperature above 0.

A request that gives a seed and no temperature relies on the seed too: the model's own temperature
is not documented, and it is assumed to be above 0 (A).
"""

from typing import Final

from mock_electron.audit.evidence import Evidence
from mock_electron.audit.finding import Finding, Repair, Verdict, judged, not_applicable
from mock_electron.audit.rule import Rule
from mock_electron.traffic.lines import counted

PRACTICE: Final = (
    "For test fixtures, prefer temperature: 0 over relying solely on seed."  # D: best practices
)
REPAIR: Final = Repair(
    "Set the temperature to 0, and keep the seed if you like.",
    'client.chat.completions.create(model="electron", messages=messages, temperature=0)',
)


def check(seen: Evidence) -> Verdict:
    """Find the requests that rely on a seed."""
    seeded = [(one, request) for one, request in seen.valid if request.seed is not None]
    if not seeded:
        return not_applicable("no request has a seed")
    most = seen.thresholds.seeded_temperature
    relying = [
        one.number
        for one, request in seeded
        if request.temperature is None or request.temperature > most
    ]
    return judged(_findings(tuple(relying)), counted(len(seeded), "seeded request"))


def _findings(relying: tuple[int, ...]) -> list[Finding]:
    if not relying:
        return []
    reason = (
        f"{counted(len(relying), 'request')} with a seed and a temperature that is not 0: the same "
        "seed usually gives the same reply, but that is not guaranteed"
    )
    title = "Relies on seed, not temperature"
    return [Finding("seed", "temperature", "low", title, reason, relying, REPAIR)]


RULE: Final = Rule("seed", "seeds with a temperature above 0", PRACTICE, check)
