"""Checks clauses against a target: which clauses, at what cost, and with what result."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from fnmatch import fnmatchcase

from msgspec import Struct

from mock_electron.contract.checks import READ_ERRORS
from mock_electron.contract.clause import Clause, Confidence
from mock_electron.contract.obstacle import Inspection
from mock_electron.contract.probe import Probe, Responses, UnmetError
from mock_electron.contract.redaction import Redactor
from mock_electron.contract.report import FAIL, PASS, SKIP, Report, Result
from mock_electron.contract.sections import CLAUSES
from mock_electron.contract.session import Session, UnreachableError
from mock_electron.contract.target import Need, Target
from mock_electron.inputs.checks import must_be
from mock_electron.inputs.spelling import did_you_mean, unknown


class Cost(Struct, frozen=True):
    """The cost of a run without retries.

    Attributes:
        requests: Number of requests.
        tokens: Approximate number of tokens.
        seconds: Seconds that the run waits for the limits of the plan; 0 without limits.
    """

    requests: int
    tokens: int
    seconds: int

    def describe(self, target: Target) -> str:
        """Return the cost as a sentence."""
        duration = ""
        if self.seconds:
            plan = f"{target.requests_per_minute} requests per minute"
            duration = f", in about {max(1, round(self.seconds / 60))} min at {plan}"
        return (
            f"This sends {self.requests} requests to {target.address}: "
            f"about {self.tokens:,} tokens{duration}."
        )


def select(
    only: Sequence[str] = (), confidence: Iterable[Confidence | str] = ()
) -> tuple[Clause, ...]:
    """Return the clauses with these ids and confidences.

    Args:
        only: Ids, or patterns such as `stream.*`; none means all.
        confidence: Confidences, or their names; none means all.

    Raises:
        ValueError: If no id matches a pattern, or a confidence does not exist.

    >>> [clause.id for clause in select(["chat.finish.*"])]
    ['chat.finish.stop', 'chat.finish.length']
    """
    for name, given in (("only", only), ("confidence", confidence)):
        if isinstance(given, str):
            raise ValueError(must_be(name, "a list or a tuple of strings", given))
    wanted = [_confidence(name) for name in confidence]
    ids = [clause.id for clause in CLAUSES]
    for pattern in only:
        if not any(fnmatchcase(name, pattern) for name in ids):
            hint = did_you_mean(pattern, (*ids, *_section_patterns(ids)))
            raise ValueError(f"unknown clause {pattern!r}{'.' if hint else ''}{hint}")
    return tuple(
        clause
        for clause in CLAUSES
        if (not only or any(fnmatchcase(clause.id, pattern) for pattern in only))
        and (not wanted or clause.confidence in wanted)
    )


def _section_patterns(ids: Iterable[str]) -> list[str]:
    """Return the patterns of whole groups of ids: `chat.*` and `chat.finish.*`."""
    parents = {name.rpartition(".")[0] for name in ids}
    parents |= {parent.partition(".")[0] for parent in parents}
    return [f"{parent}.*" for parent in sorted(parents)]


def _confidence(name: Confidence | str) -> Confidence:
    names = [str(level) for level in Confidence]
    if name not in names:
        raise ValueError(unknown("confidence", name, names))
    return Confidence(name)


def cost(target: Target, clauses: Iterable[Clause]) -> Cost:
    """Return the cost of checking clauses against a target."""
    probes = {clause.probe.name: clause.probe for clause in clauses}.values()
    possible = [probe for probe in probes if _unmet_need(target, probe) is None]
    requests = sum(probe.requests for probe in possible)
    per_minute = target.requests_per_minute
    return Cost(
        requests,
        sum(probe.tokens for probe in possible),
        0 if per_minute is None else requests * 60 // per_minute,
    )


def check(target: Target, clauses: Iterable[Clause] = CLAUSES) -> Report:
    """Check clauses against a target, and return a report.

    Raises:
        UnreachableError: If no server answers.
    """
    return Report(target.address, tuple(results(target, clauses)))


def results(
    target: Target,
    clauses: Iterable[Clause] = CLAUSES,
    *,
    on_wait: Callable[[str], object] | None = None,
    stop_early: bool = False,
) -> Iterator[Result]:
    """Check clauses against a target, and yield each result as soon as it is known.

    Args:
        target: The endpoint.
        clauses: The clauses.
        on_wait: Called with a sentence before each wait of at least a second.
        stop_early: Raise UnreachableError if the endpoint refuses a key, or answers nothing as
            Electron does, instead of a failure for each clause.

    Raises:
        UnreachableError: If no server answers.
    """
    with Session(target, on_wait) as session:
        contract, inspection = Contract(session), Inspection(session)
        for clause in clauses:
            result = contract.check(clause)
            reason = inspection.obstacle(result) if stop_early else ""
            if reason:
                raise UnreachableError(reason)
            yield result


class Contract:
    """One run. It keeps the responses of each probe for all clauses that share it."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._redactor = Redactor(session.target.keys)
        self._outcomes: dict[str, Responses | str | UnreachableError] = {}
        self._redacted: dict[str, Responses] = {}

    def check(self, clause: Clause) -> Result:
        """Check one clause.

        Raises:
            UnreachableError: If no server has answered any request of this run.
        """
        outcome = self._outcome(clause.probe)
        if isinstance(outcome, str):
            return Result(clause, SKIP, reason=f"needs {outcome}")
        if isinstance(outcome, UnreachableError):
            return Result(clause, FAIL, "a response", str(outcome))
        exchanges = self._without_keys(clause.probe, outcome)
        missing = next((response for response in exchanges if not response.status), None)
        if missing is not None:
            return Result(
                clause, FAIL, "a response", missing.failure or "none", exchanges=exchanges
            )
        finding = clause.check(*outcome)
        return Result(
            clause,
            PASS if finding.passed else FAIL,
            self._redactor.text(finding.expected),
            self._redactor.text(finding.got),
            exchanges=exchanges,
        )

    def _without_keys(self, probe: Probe, responses: Responses) -> Responses:
        """Return the responses of a probe without keys, for all clauses that share it."""
        if probe.name not in self._redacted:
            self._redacted[probe.name] = tuple(map(self._redactor.response, responses))
        return self._redacted[probe.name]

    def _outcome(self, probe: Probe) -> Responses | str | UnreachableError:
        """Return the responses of a probe, or what the target lacks, or why none was received."""
        if probe.name not in self._outcomes:
            try:
                need = _unmet_need(self._session.target, probe)
                self._outcomes[probe.name] = need.value if need else self._run(probe)
            except UnmetError as unmet:
                self._outcomes[probe.name] = unmet.need
            except UnreachableError as error:
                if not any(isinstance(outcome, tuple) for outcome in self._outcomes.values()):
                    raise
                self._outcomes[probe.name] = error
        return self._outcomes[probe.name]

    def _run(self, probe: Probe) -> Responses:
        responses: Responses = ()
        for attempt in range(probe.attempts):
            responses = probe.run(self._session, attempt)
            if _is_last_attempt(probe, responses):
                break
        return responses


def _is_last_attempt(probe: Probe, responses: Responses) -> bool:
    try:
        return bool(probe.until(*responses))
    except READ_ERRORS:
        return False


def _unmet_need(target: Target, probe: Probe) -> Need | None:
    """Return the first need of a probe that the target does not meet."""
    return next((need for need in probe.needs if need not in target.gives), None)
