"""Reports of an endpoint that did not change are equal, whatever differs in every run."""

from collections.abc import Iterator
from itertools import count

from mock_electron import MockElectron
from mock_electron.contract import Target, changes, check, not_compared, select
from mock_electron.contract.observation import observed
from mock_electron.contract.redaction import Redactor
from mock_electron.contract.response import Response

CHANGING = ("cache.*", "chat.id*", "errors.*", "stream.usage*", "usage.*")


def test_prompts_that_are_new_in_each_run_are_no_changes() -> None:
    """Salts with other numbers of tokens change the prompts, and no field of the report."""
    salts = ("a", "1764460800123", "a salt of several words")
    with MockElectron() as electron:
        reports = [
            check(
                Target(
                    base_url=electron.base_url,
                    api_key="sk",
                    other_key="sk_2",
                    salt=salt,
                    takes_time=False,
                ),
                select(CHANGING[:1]),
            ).as_json()
            for salt in salts
        ]
    assert [list(map(str, changes(reports[0], after))) for after in reports[1:]] == [[], []]
    sizes = {
        answer["usage.prompt_tokens"]
        for answers in reports[0]["answers"].values()
        for answer in answers
    }
    assert sizes == {"<count>"}


def test_the_size_of_a_constant_prompt_is_compared() -> None:
    """A change of the tokens of a prompt that is the same in every run is a change."""
    reply = b'{"id": "x", "usage": {"prompt_tokens": %d}}'
    before, after = (
        observed(Response("POST", "/", "{}", 200, body=reply % tokens)) for tokens in (7, 8)
    )
    assert (before["usage.prompt_tokens"], after["usage.prompt_tokens"]) == ("7", "8")


HEADERS = {
    "date": ("Mon, 01 Jan 2026 00:00:00 GMT", "Tue, 02 Jan 2026 00:00:00 GMT"),
    "retry-after": ("57", "58"),
    "x-ratelimit-remaining-requests": ("9", "8"),
    "ratelimit-reset": ("3", "4"),
    "x-envoy-upstream-service-time": ("12", "13"),
    "openai-processing-ms": ("120", "121"),
    "x-amzn-trace-id": ("Root=1-67891233-abcdef012345678912345678", "Root=1-6789-abcdef"),
    "x-request-id": ("req_8f14e45fceea167a", "req_c9f0f895fb98ab91"),
    "traceparent": ("00-4bf92f3577b34da6a3ce929d0e0e4736-00", "00-5bf92f3577b34da6-01"),
}
IDS = ("chatcmpl-{}", "{}", "gen-1764460800-{}", "call_{}")


def _random() -> Iterator[str]:
    for number in count(1):
        yield f"{number * 0x9E3779B97F4A7C15 % 2**96:024x}"


def test_ids_and_times_of_other_servers_are_no_changes() -> None:
    """Ids of any form, counters of limits, and times of proxies are not compared."""
    random, wrong = _random(), []
    for name, values in HEADERS.items():
        before, after = (
            observed(Response("POST", "/", "{}", 200, headers=((name, value),))) for value in values
        )
        if before != after:
            wrong.append(name)
    for form in IDS:
        for path in ('{"id": "%s"}', '{"error": {"request_id": "%s"}}', 'data: {"id": "%s"}\n\n'):
            before, after = (
                observed(
                    Response(
                        "POST", "/", "{}", 200, body=(path % form.format(next(random))).encode()
                    )
                )
                for _ in range(2)
            )
            if before != after:
                wrong.append(form)
    assert wrong == []


def test_an_id_in_a_failed_clause_is_no_change() -> None:
    """A clause that fails in both runs with another id has not changed; another form has."""

    def report(got: str) -> dict[str, object]:
        return {"clauses": [{"id": "chat.id", "outcome": "fail", "got": got}]}

    first, second = report('"chatcmpl-8f14e45fceea"'), report('"chatcmpl-c9f0f895fb98"')
    assert changes(first, second) == ()
    assert len(changes(first, report('"cmpl-8f14e45fceea"'))) == 1
    measured = [{"clauses": [{"id": "cache.blocks", "outcome": "fail", "got": n}]} for n in "12"]
    assert changes(*measured) == ()


def test_what_was_not_checked_has_not_changed() -> None:
    """A clause that a run has not selected, has skipped or has not reached is counted instead."""

    def report(**outcomes: str) -> dict[str, object]:
        return {
            "clauses": [
                {"id": name.replace("_", "."), "outcome": outcome, "got": outcome, "reason": "why"}
                for name, outcome in outcomes.items()
            ]
        }

    before = report(chat_id="pass", chat_model="skip", chat_finish_stop="fail", of_old="pass")
    after = report(chat_id="skip", chat_model="pass", chat_finish_length="pass", chat_keys="pass")
    assert changes(before, after) == ()
    assert not_compared(before | {"interrupted": True}, after) == (
        "1 clause of the report was not selected",
        "1 clause of the report does not exist in this version",
        "2 clauses are not in the report, which is incomplete",
        "1 clause was skipped in this run only",
        "1 clause was skipped in the earlier run only",
    )
    assert not_compared(before, before) == ()
    assert len(changes(report(chat_id="pass"), report(chat_id="fail"))) == 2


def test_an_encoding_of_a_short_key_is_not_searched_for() -> None:
    """Hex of two characters is a part of many ids, which would be changed."""
    request_id = "736b736b-736b-4736-8736-b736b736b736"
    assert Redactor(["sk"]).text(request_id) == request_id
    assert Redactor(["sk_long_1"]).text("736b5f6c6f6e675f31") == "<key>"
