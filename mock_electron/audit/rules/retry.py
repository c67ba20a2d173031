"""`retry`: what a client does after a failure. The module `back_off` finds the mistakes."""

from collections.abc import Sequence
from typing import Final

from mock_electron.audit.attempts import Chain, Retry
from mock_electron.audit.back_off import is_known, mistakes, not_retried, without_jitter
from mock_electron.audit.evidence import Evidence
from mock_electron.audit.finding import (
    Finding,
    Repair,
    Severity,
    Verdict,
    judged,
    not_applicable,
)
from mock_electron.audit.rule import Rule
from mock_electron.engine.exchange import Exchange
from mock_electron.inputs.values import FrozenValue
from mock_electron.traffic.lines import counted

PRACTICE: Final = (  # D: best practices
    "Use exponential backoff (start ~250 ms, double up to ~8 s, cap at ~5 attempts)."
)
LIMITED: Final = "429: back off then retry (rate limit or concurrency hit)"  # D
PASSING: Final = (  # D
    "502: upstream blip, retry with backoff. 503: upstream overloaded, retry with backoff."
)
WRONG: Final = "400: bad request, fix the input. 401 / 403: credential or access issue."  # D
MOST_ROWS: Final = 20
"""The number of attempts in the table of a finding."""

BACK_OFF: Final = Repair(
    "Let the client back off: `openai` waits 0.5 s, doubles up to 8 s, and honours Retry-After.",
    "from openai import OpenAI\n\n"
    "client = OpenAI(base_url=base_url, api_key=api_key, max_retries=4)",
)
RAISE: Final = Repair(
    "Retry 408, 409, 429 and 5xx only, and raise everything else.",
    "from openai import APIStatusError\n\n\n"
    "def may_retry(error: APIStatusError) -> bool:\n"
    "    return error.status_code in (408, 409, 429) or error.status_code >= 500",
)
KEEP: Final = Repair(
    "Retry only until the first words arrive; then keep them, and let the user go on.",
    'heard = ""\n'
    "try:\n"
    "    for chunk in stream:\n"
    '        heard += chunk.choices[0].delta.content or "" if chunk.choices else ""\n'
    "except openai.APIError:\n"
    "    if not heard:\n"
    "        raise  # nothing was said: the caller may retry\n"
    'messages.append({"role": "assistant", "content": heard})',
)


class Kind(FrozenValue, frozen=True):
    """One mistake, as it is reported.

    Attributes:
        severity: The severity of its finding.
        title: The title of its finding.
        words: Its reason, after the number of retries.
        repair: What to do.
        practice: The vendor's sentence; "" for that of the rule.
    """

    severity: Severity
    title: str
    words: str
    repair: Repair = BACK_OFF
    practice: str = ""


KINDS: Final = {
    "partial-stream": Kind(
        "high",
        "Half-heard stream is sent again",
        "after words of a stream had been delivered: users hear or read them twice",
        KEEP,
    ),
    "no-back-off": Kind(
        "medium",
        "No back-off after 429",
        "of a 429 without a pause: the limit is still reached",
        practice=LIMITED,
    ),
    "retry-after": Kind(
        "medium",
        "Retry-After is ignored",
        "before the time that the answer had asked for",
        practice=LIMITED,
    ),
    "refused": Kind(
        "medium",
        "Refused requests are sent again",
        "after an error that no retry mends",
        RAISE,
        WRONG,
    ),
    "attempts": Kind("medium", "Too many attempts", "in rows of more than {most} attempts"),
    "first-pause": Kind(
        "low", "First retry comes too soon", "too soon: back-off starts at about {first:g} s"
    ),
    "no-growth": Kind("low", "Pauses do not grow", "after equal pauses: back-off doubles them"),
}
"""The mistakes of retries by their kind."""
JITTERED: Final = ("no-back-off", "first-pause")
"""Those that may be jitter."""
NO_RETRY: Final = Kind(
    "high",
    "Passing failures are not retried",
    "failed with 502 or 503, and the client went on without a retry",
    practice=PASSING,
)


def check(seen: Evidence) -> Verdict:
    """Judge what the client did after each failure."""
    if not seen.chains:
        return not_applicable("no request failed")
    found: dict[str, list[tuple[Chain, Retry]]] = {}
    for chain in (one for one in seen.chains if len(one.attempts) > 1):
        for kind, retries in mistakes(chain, seen).items():
            found.setdefault(kind, []).extend((chain, retry) for retry in retries)
    for kind in JITTERED:
        if kind in found:
            found[kind] = without_jitter(found[kind], seen.chains, seen.thresholds)
    findings = [_finding(kind, found[kind], seen) for kind in KINDS if found.get(kind)]
    gone, open_ended = not_retried(seen)
    findings += _of_gone(gone)
    number = sum(len(chain.retries) for chain in seen.chains)
    failed = counted(len(seen.chains), "failed request")
    said = f"{failed}, {counted(number, 'retry', 'retries')}"
    return judged(findings, said, _unseen(seen, open_ended))


def _finding(kind: str, found: Sequence[tuple[Chain, Retry]], seen: Evidence) -> Finding:
    shown, figures = KINDS[kind], seen.thresholds
    numbers = {one.number for _, retry in found for one in (retry.before, retry.after)}
    pauses = [retry.pause for _, retry in found]
    words = shown.words.format(most=figures.retry_attempts, first=figures.retry_first_pause)
    statuses = ", ".join(sorted({str(retry.before.status or "none") for _, retry in found}))
    reason = (
        f"{counted(len(found), 'retry', 'retries')} {words}; statuses {statuses}, pauses "
        f"{min(pauses):.3f} to {max(pauses):.3f} s"
    )
    chains = {chain.last.number: chain for chain, _ in found}
    return Finding(
        "retry",
        kind,
        shown.severity,
        shown.title,
        reason,
        tuple(sorted(numbers)),
        shown.repair,
        practice=shown.practice,
        details=_table([*chains.values()]),
    )


def _of_gone(gone: Sequence[Exchange]) -> list[Finding]:
    if not gone:
        return []
    reason = f"{counted(len(gone), 'request')} {NO_RETRY.words}"
    numbers = tuple(one.number for one in gone)
    details = _table([Chain((one,)) for one in gone])
    return [
        Finding(
            "retry",
            "no-retry",
            NO_RETRY.severity,
            NO_RETRY.title,
            reason,
            numbers,
            NO_RETRY.repair,
            practice=NO_RETRY.practice,
            details=details,
        )
    ]


def _table(chains: Sequence[Chain]) -> tuple[str, ...]:
    """Return the attempts of requests, one line each."""
    rows = [_row(number, one) for chain in chains for number, one in enumerate(chain.attempts, 1)]
    more = len(rows) - MOST_ROWS
    return (*rows[:MOST_ROWS], *([f"and {more} more"] if more > 0 else []))


def _row(number: int, one: Exchange) -> str:
    pause = f" after {one.pause or 0:.3f} s" if number > 1 else ""
    asked = f", asked to wait {one.asked_pause} s" if number > 1 and one.asked_pause else ""
    got = str(one.status) if one.status else "no answer"
    cut = f", {one.chunks_sent} of {one.chunks} chunks" if one.status == 200 and one.failed else ""
    return f"#{one.number} attempt {number}{pause}{asked}: {got}{cut}"


def _unseen(seen: Evidence, open_ended: Sequence[Exchange]) -> list[str]:
    """Return what could not be seen."""
    hidden = [
        retry for chain in seen.chains for retry in chain.retries if not is_known(retry, seen)
    ]
    pauses = "pauses: the clock is frozen, and a file has no other one"
    after = f"retries of {counted(len(open_ended), 'failed request')}: nothing came after"
    return ([pauses] if hidden else []) + ([after] if open_ended else [])


RULE: Final = Rule("retry", "retries that come too soon, too often or in vain", PRACTICE, check)
