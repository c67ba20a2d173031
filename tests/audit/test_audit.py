"""The audit as a whole: what a rule may say, the order of findings, and what they add up to."""

import json
from typing import Any

import pytest
from audit_traffic import Traffic
from rows import each

from mock_electron.audit import (
    RULES,
    Audit,
    Evidence,
    Finding,
    Repair,
    Rule,
    Saving,
    Verdict,
    audit,
    judged,
    not_applicable,
    not_observable,
)

REPAIR = Repair("Do it right.", "right()")


def finding(rule: str = "mine", **fields: Any) -> Finding:
    known: dict[str, Any] = {
        "kind": "bad",
        "severity": "low",
        "title": "Something is bad",
        "reason": "it is",
        "exchanges": (0,),
        "repair": REPAIR,
    }
    return Finding(rule, **{**known, **fields})


def own(*findings: Finding) -> Rule:
    return Rule("mine", "anything", "", lambda seen: judged(findings, "everything"))


def test_a_journal_without_requests_has_no_findings() -> None:
    """No rule passes that has seen nothing."""
    found = Traffic().audit()
    assert not found
    assert "pass" not in {verdict.outcome for verdict in found.verdicts.values()}
    found.assert_clean()


def test_the_text_has_a_line_for_each_rule() -> None:
    """Printed, an audit has the outcome of each rule, and each finding with its repair."""
    traffic = Traffic()
    traffic.ask(seed=1)
    text = str(traffic.audit())
    for name in RULES:
        assert f"\n{name} " in f"\n{text}"
    assert "seed/temperature" in text
    assert "temperature=0" in text


def test_findings_are_ordered_by_weight() -> None:
    """Severity comes first, then what could be saved, then how often, then the id."""
    traffic = Traffic()
    traffic.ask()
    traffic.ask()
    expected = [
        finding(kind="a", severity="high"),
        finding(kind="b", severity="medium", savings=(Saving(0, "completion", 2),)),
        finding(kind="c", severity="medium", exchanges=(0, 1)),
        finding(kind="d", severity="medium"),
        finding(kind="e", severity="medium"),
    ]
    shuffled = [expected[index] for index in (3, 1, 4, 0, 2)]
    found = traffic.audit(rules=[own(*shuffled)], levels=dict.fromkeys(RULES, "off"))
    assert [one.kind for one in found] == ["a", "b", "c", "d", "e"]


def test_savings_do_not_add_up_to_more_than_was_spent() -> None:
    """A finding saves only what heavier findings have left."""
    traffic = Traffic()
    traffic.ask()
    usage = traffic.exchanges.last.chat_usage
    most = Saving(0, "fresh", usage.prompt_tokens - 1)
    found = traffic.audit(
        rules=[own(finding(kind="a", savings=(most,)), finding(kind="b", savings=(most, most)))],
        levels=dict.fromkeys(RULES, "off"),
    )
    assert [one.saved_tokens for one in found] == [usage.prompt_tokens, 0]


def test_findings_can_be_ignored_with_a_reason() -> None:
    """A rule, or one kind of finding, is accepted if there is a reason."""
    traffic = Traffic()
    traffic.ask(seed=1)
    found = traffic.audit(levels=dict.fromkeys(set(RULES) - {"seed"}, "off"))
    with pytest.raises(AssertionError, match="the audit found 1 problem"):
        found.assert_clean()
    found.assert_clean(ignore={"seed": "we compare providers"})
    found.assert_clean(ignore={"seed/temperature": "we compare providers"})
    with pytest.raises(AssertionError):
        found.assert_clean(ignore={"seed/temp": "not a whole name"})


WRONG_IGNORES = {
    "an unknown rule": ({"sed": "why"}, "unknown rule 'sed'"),
    "no reason": ({"seed": ""}, r"ignore\['seed'\] must be the reason"),
    "spaces": ({"seed": "  "}, r"ignore\['seed'\] must be the reason"),
    "not a text": ({"seed": True}, r"ignore\['seed'\] must be the reason"),
    "not a dict": (["seed"], "ignore must be a reason for each rule"),
}


@each(WRONG_IGNORES)
def test_an_ignore_needs_a_rule_and_a_reason(row: tuple[object, str]) -> None:
    """A misspelled rule and a missing reason are errors, even if nothing was found."""
    given, words = row
    with pytest.raises((TypeError, ValueError), match=words):
        Traffic().audit().assert_clean(ignore=given)  # type: ignore[arg-type]  # mistakes


def test_levels_turn_rules_off_or_down() -> None:
    """A rule that is off does not run; one that warns does not fail."""
    traffic = Traffic()
    traffic.ask(seed=1)
    off = dict.fromkeys(set(RULES) - {"seed"}, "off")
    assert "seed" not in traffic.audit(levels={"seed": "off"}).verdicts
    warned = traffic.audit(levels={**off, "seed": "warn"})
    assert len(warned) == 1
    assert warned.failing == ()
    warned.assert_clean()
    for wrong in ({"sed": "off"}, {"seed": "no"}):
        with pytest.raises(ValueError, match="levels"):
            traffic.audit(levels=wrong)


def test_a_rule_of_ones_own_runs_too() -> None:
    """It sees the evidence, and needs a name of its own."""
    seen: list[Evidence] = []

    def check(evidence: Evidence) -> Verdict:
        seen.append(evidence)
        return not_applicable("soon")

    assert Traffic().audit(rules=[Rule("mine", "", "", check)]).verdicts["mine"].reason == "soon"
    assert isinstance(seen[0], Evidence)
    with pytest.raises(ValueError, match="there is a rule 'seed' already"):
        Traffic().audit(rules=[Rule("seed", "", "", check)])


def test_what_a_rule_did_not_see_is_no_pass() -> None:
    """Without findings, a hidden part makes the outcome "not observable"."""
    assert judged([], "12 streams").outcome == "pass"
    assert judged([], "12 streams", ["pauses"]).outcome == "not observable"
    assert judged([finding()], "12 streams", ["pauses"]).outcome == "fail"
    assert not_observable("no log").unseen == ("no log",)


def test_a_title_is_short() -> None:
    """More than six words are refused."""
    with pytest.raises(ValueError, match="at most 6 words"):
        finding(title="one two three four five six seven")


def test_an_audit_as_json() -> None:
    """`to_dict` has the outcome of each rule and all findings, as JSON values."""
    traffic = Traffic()
    traffic.ask(seed=1)
    document = json.loads(json.dumps(traffic.audit().to_dict()))
    assert document["rules"]["seed"]["outcome"] == "fail"
    assert "seed/temperature" in [one["id"] for one in document["findings"]]


def test_only_exchanges_are_audited() -> None:
    """Another argument is an error that says what to give."""
    with pytest.raises(TypeError, match=r"such as electron\.exchanges"):
        audit([])  # type: ignore[arg-type]  # mistakes


def test_the_name_of_a_rule_is_that_of_its_module() -> None:
    """`stream-usage` is in stream_usage.py."""
    for name, rule in RULES.items():
        assert rule.name == name
        assert rule.check.__module__.endswith(f".{name.replace('-', '_')}")
        assert rule.practice


def test_an_audit_is_a_sequence() -> None:
    """It has a length and indices, and its repr is short."""
    found = Audit([finding()], {}, {"mine": "error"})
    assert (len(found), found[0].id, found[:1]) == (1, "mine/bad", (finding(),))
    assert repr(found) == "<Audit: 1 finding of 0 rules>"
