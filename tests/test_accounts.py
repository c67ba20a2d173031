"""Accounts: keys that share one, and keys that are refused."""

import json
from typing import Any

import pytest
from lanes import arrival, ask, body
from rows import each_of

from mock_electron import Electron, Settings
from mock_electron.engine.lane import Lane
from mock_electron.engine.setting_kinds import parse_setting
from mock_electron.traffic.exports.json_lines import json_lines

GROUP = ("sk_a", "sk_b")
LONG = "A sentence that is long enough to fill a block of sixteen tokens, and then some more."


def statuses(lane: Lane, *keys: str) -> list[int]:
    return [ask(lane, key=key).status for key in keys]


def cached(lane: Lane, key: str) -> int:
    usage: Any = json.loads(body(ask(lane, LONG, key=key)))["usage"]
    count: int = usage["prompt_tokens_details"]["cached_tokens"]
    return count


def test_keys_of_a_group_share_limits() -> None:
    """Their requests count together; other keys have their own window."""
    lane = Lane(Settings.of(accounts=[GROUP], plan="standard"))
    assert statuses(lane, *GROUP * 5) == [200] * 10
    assert statuses(lane, "sk_a", "sk_b", "sk_c") == [429, 429, 200]
    assert len({exchange.account for exchange in lane.exchanges()}) == 2
    assert len({exchange.key_id for exchange in lane.exchanges()}) == 3


def test_keys_of_a_group_share_the_prefix_cache() -> None:
    """A prompt that one of them has sent is cached for the others."""
    lane = Lane(Settings.of(accounts=["sk_a:sk_b", ["sk_c", "sk_d", "sk_e"]]))
    assert cached(lane, "sk_a") == 0
    assert cached(lane, "sk_b") > 0
    assert [cached(lane, key) > 0 for key in ("sk_c", "sk_x", "sk_e")] == [False, False, True]


def test_a_group_has_the_plan_that_one_of_its_keys_selects() -> None:
    """The plan belongs to the account."""
    lane = Lane(Settings.of(accounts=[("sk_a", "sk_mock_standard-1")]))
    assert statuses(lane, *["sk_a"] * 11) == [200] * 10 + [429]
    assert statuses(lane, "sk_mock_standard-1", "sk_mock_standard") == [429, 200]


def test_a_filter_by_key_separates_the_keys_of_a_group(electron: Electron) -> None:
    """Keys that share an account are still different keys."""
    lane = Lane(Settings.of(accounts=[GROUP]))
    assert statuses(lane, "sk_a", "sk_b", "sk_b") == [200] * 3
    mock = Electron(lane, "http://127.0.0.1:1")
    assert len(mock.exchanges.where(api_key="sk_b")) == 2


def test_a_refused_key_shares_no_account() -> None:
    """Each refused key has its own account, also if it is in a group with an accepted key."""
    lane = Lane(Settings.of(api_keys=("sk_a",), accounts=[GROUP]))
    keys = ("sk_a", "sk_b", "sk_x", "sk_mock_revoked", "sk_mock_forbidden", "sk_x")
    assert statuses(lane, *keys) == [200, 401, 401, 401, 403, 401]
    exchanges = lane.exchanges()
    assert len({exchange.account for exchange in exchanges}) == 5
    assert [exchange.attempt for exchange in exchanges] == [1, 1, 1, 1, 1, 2]
    refused = arrival(key="sk_x")
    assert json.loads(json_lines(exchanges[2:3]))["account"] == exchanges[5].account
    assert refused.authorization == "Bearer sk_x"


def test_requests_without_a_key_have_no_account() -> None:
    """Their account is empty."""
    lane = Lane()
    lane.close(lane.open(arrival(key="")), 1)
    assert [(one.account, one.key_id) for one in lane.exchanges()] == [("", "")]


WRONG: list[tuple[Any, str]] = [
    (
        [("sk_secret_1",)],
        "accounts must be groups of two or more API keys such as 'a:b', got [('…et_1',)]",
    ),
    (["sk_a"], "accounts must be groups of two or more API keys such as 'a:b'"),
    ([("sk_a", "")], "accounts must be groups of two or more API keys such as 'a:b'"),
    ([("sk_a", 1)], "accounts must be groups of two or more API keys such as 'a:b'"),
    ([5], "accounts must be groups of two or more API keys such as 'a:b'"),
    (["sk_a:sk_b,sk_c:sk_d"], "accounts must not have a comma in a group; write a list of groups"),
    ("sk_a:sk_b,sk_c:sk_d", "accounts must not have a comma in a group"),
    (5, "accounts must be groups of two or more API keys such as 'a:b'"),
    (["sk_a:sk_b", "sk_c:sk_a"], "accounts must be groups without a common key"),
    ([("sk_secret_1", "sk_secret_1")], "accounts must be groups without a common key, got '…et_1'"),
    ([("sk_a", "sk_mock_revoked")], "accounts must be groups of accepted keys"),
    (
        [("sk_mock_standard", "sk_mock_enterprise-2")],
        "accounts must be groups of keys with the same plan",
    ),
]


@each_of(WRONG)
def test_wrong_groups_are_refused(value: Any, message: str) -> None:
    """The message says what is wrong."""
    with pytest.raises(ValueError) as refused:  # noqa: PT011 (the message is checked below)
        Settings.of(accounts=value)
    assert str(refused.value).startswith(message)


def test_groups_are_read_from_text() -> None:
    """A colon joins the keys of a group, and a comma separates groups."""
    groups = (("sk_a", "sk_b"), ("sk_c", "sk_d", "sk_e"))
    assert parse_setting("accounts", "sk_a:sk_b, sk_c:sk_d:sk_e") == groups
    assert parse_setting("accounts", "") == ()
    assert "sk_a" not in repr(Settings.of(accounts=groups))


def test_a_message_shows_the_value_that_was_given() -> None:
    """Keys are shortened, and everything else is shown as it is."""
    shown = {
        "5": 5,
        "[5]": [5],
        "['…']": ["a"],
        "'…cret'": "sk_a_secret",
        "{'…': '…'}": {"a": "b"},
        "[('…', 1)]": [("sk_a", 1)],
        "[['…', '']]": [["sk_a", ""]],
        "[[], '…']": [[], "a"],
        "True": True,
        "[None]": [None],
        "<class 'object'>": object(),
    }
    found = {}
    for value in shown.values():
        with pytest.raises(ValueError, match="accounts must be groups") as caught:
            Settings.of(accounts=value)
        found[str(caught.value).partition("'a:b', got ")[2]] = value
    assert found == shown
