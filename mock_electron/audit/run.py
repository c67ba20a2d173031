"""`audit`: run the rules over the exchanges of a journal."""

from collections.abc import Collection, Iterable, Mapping
from pathlib import Path

from msgspec.structs import replace

from mock_electron.audit.bill import bill_of
from mock_electron.audit.evidence import Evidence
from mock_electron.audit.finding import Finding, Verdict
from mock_electron.audit.report import Audit, Level, weight
from mock_electron.audit.rule import Rule
from mock_electron.audit.rules import RULES
from mock_electron.audit.safe_text import safe_verdict
from mock_electron.audit.savings import allotted, spent_by
from mock_electron.audit.thresholds import Thresholds
from mock_electron.audit.written import LEVELS
from mock_electron.inputs.checks import choice, must_be
from mock_electron.inputs.keywords import checked_keywords
from mock_electron.inputs.spelling import unknown
from mock_electron.traffic.exchanges import Exchanges
from mock_electron.traffic.rates import Rates, rates_of
from mock_electron.wire.codec import no_garbage_collection


@checked_keywords
def audit(
    exchanges: Exchanges,
    *,
    levels: Mapping[str, Level] | None = None,
    rules: Iterable[Rule] = (),
    thresholds: Thresholds | None = None,
    logs: str | None = None,
    rates: Rates | str | Path | None = None,
) -> Audit:
    """Return what a client could do better, as far as its requests show it.

    Args:
        exchanges: The exchanges of a lane, as `electron.exchanges` and `read_journal` return them.
        levels: What the findings of a rule do, by its name: "off" (the rule does not run), "warn"
            (they are shown) or "error" (they fail). Default: "error".
        rules: Rules of your own, in addition to those of this package.
        thresholds: The figures by which the rules judge. Default: those of the vendor.
        logs: The text of the client's log, in which request ids are looked for.
        rates: What tokens cost: prices such as "0.4:0.1:1.6" for a million fresh, cached and
            output tokens, or a file with them. Default: the audit counts tokens only.

    Raises:
        TypeError: If an argument has the wrong type.
        ValueError: If a rule or a level does not exist, two rules have the same name, or the rates
            cannot be read.
    """
    given: object = exchanges
    if not isinstance(given, Exchanges):
        what = "the exchanges of a lane, such as electron.exchanges"
        raise TypeError(must_be("exchanges", what, given))
    known = _with_own(rules)
    changed = {} if levels is None else checked_levels(known, levels)
    chosen: dict[str, Level] = {name: changed.get(name, "error") for name in known}
    prices = None if rates is None else rates_of(rates)
    seen = Evidence(exchanges, thresholds, logs, prices)
    with no_garbage_collection():  # many requests are parsed, and all are kept
        verdicts = {
            name: safe_verdict(_with_practice(rule, rule.check(seen)))
            for name, rule in known.items()
            if chosen[name] != "off"
        }
    found = [finding for verdict in verdicts.values() for finding in verdict.findings]
    ordered = allotted(sorted(found, key=weight), spent_by(exchanges))
    ordered.sort(key=weight)
    return Audit(ordered, verdicts, chosen, bill_of(exchanges, ordered, prices))


def _with_own(own: Iterable[Rule]) -> dict[str, Rule]:
    known = dict(RULES)
    for rule in own:
        if rule.name in known:
            raise ValueError(f"there is a rule {rule.name!r} already; give yours another name")
        known[rule.name] = rule
    return known


def checked_levels(known: Collection[str], given: Mapping[str, Level]) -> Mapping[str, Level]:
    """Return the levels that are given for rules. Raise ValueError if one does not exist."""
    if not isinstance(given, Mapping):
        raise TypeError(must_be("levels", "a level for each rule, such as {'seed': 'off'}", given))
    for name, level in given.items():
        if name not in known:
            raise ValueError(f"levels: {unknown('rule', name, known)}")
        choice(f"levels[{name!r}]", level, LEVELS)
    return given


def _with_practice(rule: Rule, verdict: Verdict) -> Verdict:
    """Return a verdict whose findings have the vendor's sentence."""
    return replace(verdict, findings=tuple(_cited(rule, one) for one in verdict.findings))


def _cited(rule: Rule, finding: Finding) -> Finding:
    return finding if finding.practice else replace(finding, practice=rule.practice)
