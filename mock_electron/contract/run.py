"""Holding a target to the contract: which clauses, at what cost, and what came of them."""

import base64
import difflib
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from typing import Final
from urllib.parse import quote, quote_plus

from mock_electron.contract.checks import UNREADABLE
from mock_electron.contract.clause import Clause, Confidence, Finding
from mock_electron.contract.probe import Probe, Responses, UnmetError
from mock_electron.contract.report import FAIL, PASS, SKIP, Report, Result
from mock_electron.contract.response import Response
from mock_electron.contract.sections import CLAUSES
from mock_electron.contract.session import Session, UnreachableError
from mock_electron.contract.target import Need, Target

HIDDEN: Final = "<key>"


@dataclass(frozen=True, slots=True)
class Cost:
    """What a run takes if nothing has to be tried again: requests, about how many tokens, seconds.

    seconds: those that the plan makes it wait; 0 where nothing limits it.
    """

    requests: int
    tokens: int
    seconds: int

    def told(self, target: Target) -> str:
        """The cost in words."""
        waits = ""
        if self.seconds:
            plan = f"{target.requests_per_minute} requests a minute"
            waits = f", in about {max(1, round(self.seconds / 60))} min at {plan}"
        return (
            f"This asks {target.address}: {self.requests} requests, "
            f"about {self.tokens:,} tokens{waits}."
        )


def select(
    only: Sequence[str] = (), confidence: Iterable[Confidence | str] = ()
) -> tuple[Clause, ...]:
    """The clauses of these ids (or patterns, such as `stream.*`) and confidences; none given: all.

    Raises ValueError for a pattern that no id matches, with the nearest id, and for a confidence
    that does not exist.

    >>> [clause.id for clause in select(["chat.finish.*"])]
    ['chat.finish.stop', 'chat.finish.length']
    """
    if isinstance(only, str) or isinstance(confidence, str):
        raise ValueError("ids and confidences come in a list or a tuple, not as one string")
    wanted = [Confidence(name) for name in confidence]
    ids = [clause.id for clause in CLAUSES]
    for pattern in only:
        if not any(fnmatchcase(name, pattern) for name in ids):
            near = difflib.get_close_matches(pattern, ids, n=1)
            hint = f" Did you mean {near[0]!r}?" if near else ""
            raise ValueError(f"no clause is called {pattern!r}.{hint}")
    return tuple(
        clause
        for clause in CLAUSES
        if (not only or any(fnmatchcase(clause.id, pattern) for pattern in only))
        and (not wanted or clause.confidence in wanted)
    )


def cost(target: Target, clauses: Iterable[Clause]) -> Cost:
    """What it takes to check these clauses against a target."""
    probes = {clause.probe.name: clause.probe for clause in clauses}.values()
    asked = [probe for probe in probes if _lacks(target, probe) is None]
    requests = sum(probe.requests for probe in asked)
    a_minute = target.requests_per_minute
    return Cost(
        requests,
        sum(probe.tokens for probe in asked),
        0 if a_minute is None else requests * 60 // a_minute,
    )


def check(target: Target, clauses: Iterable[Clause] = CLAUSES) -> Report:
    """Check clauses against a target, each probe once.

    Raises UnreachableError where nobody answers.
    """
    return Report(target.address, tuple(results(target, clauses)))


def results(target: Target, clauses: Iterable[Clause] = CLAUSES) -> Iterator[Result]:
    """What becomes of each clause, one after the other: a slow plan takes minutes."""
    with Session(target) as session:
        yield from map(Contract(session).check, clauses)


class Contract:
    """One run: what the probes brought, for all clauses that look at them."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._secrets = sorted(
            {form for key in session.target.keys for form in _forms(key)}, key=len, reverse=True
        )
        self._seen: dict[str, Responses | Need | UnreachableError] = {}

    def check(self, clause: Clause) -> Result:
        """What becomes of one clause. Raises UnreachableError where nobody has answered before."""
        seen = self._look(clause.probe)
        if isinstance(seen, Need):
            return Result(clause, SKIP, reason=f"needs {seen.value}")
        if isinstance(seen, UnreachableError):
            return Result(clause, FAIL, "an answer", str(seen))
        silent = next((response for response in seen if not response.status), None)
        if silent is not None:
            failure = self._hide(silent.failure) or "none"
            return Result(clause, FAIL, "an answer", failure, exchanges=self._all_hidden(seen))
        found: Finding = clause.check(*seen)
        return Result(
            clause,
            PASS if found.holds else FAIL,
            self._hide(found.expected),
            self._hide(found.got),
            exchanges=self._all_hidden(seen),
        )

    def _look(self, probe: Probe) -> Responses | Need | UnreachableError:
        """What a probe brought, or why it brought nothing."""
        if probe.name not in self._seen:
            try:
                self._seen[probe.name] = _lacks(self._session.target, probe) or self._ask(probe)
            except UnmetError as unmet:
                self._seen[probe.name] = unmet.need
            except UnreachableError as error:
                if not any(isinstance(seen, tuple) for seen in self._seen.values()):
                    raise
                self._seen[probe.name] = error
        return self._seen[probe.name]

    def _ask(self, probe: Probe) -> Responses:
        responses: Responses = ()
        for attempt in range(probe.attempts):
            responses = probe.run(self._session, attempt)
            if _is_content(probe, responses):
                break
        return responses

    def _hide(self, text: str) -> str:
        """A text in which no key stands."""
        for form in self._secrets:
            text = text.replace(form, HIDDEN)
        return text

    def _all_hidden(self, seen: Responses) -> Responses:
        return tuple(map(self._hidden, seen))

    def _hidden(self, response: Response) -> Response:
        """A response in which no key stands, as an endpoint may repeat the one that it got."""
        return replace(
            response,
            asked=self._hide(response.asked),
            headers=tuple((name, self._hide(text)) for name, text in response.headers),
            body=self._hide(response.text).encode(),
            failure=self._hide(response.failure),
        )


def _forms(key: str) -> Iterator[str]:
    """How an endpoint may repeat a key: as it is, in JSON, in a URL, in base64."""
    in_json = json.dumps(key)[1:-1]
    yield from (key, in_json, json.dumps(in_json)[1:-1], key.replace("/", "\\/"))
    yield from (quote(key), quote(key, safe=""), quote_plus(key))
    yield "".join(f"\\u{ord(character):04x}" for character in key)
    encoded = base64.b64encode(key.encode()).decode().rstrip("=")
    yield from (encoded, encoded.replace("+", "-").replace("/", "_"))


def _is_content(probe: Probe, responses: Responses) -> bool:
    """Whether the responses need no further attempt; where they cannot be read, they do."""
    try:
        return bool(probe.content(*responses))
    except UNREADABLE:
        return False


def _lacks(target: Target, probe: Probe) -> Need | None:
    """The first thing that a probe needs and the target does not have."""
    return next((need for need in probe.needs if need not in target.gives), None)
