"""The journal shows what was sent, not what was decided before a fault replaced it."""

import json
from typing import Any

import pytest
from lanes import ask, header

from mock_electron import Electron, Settings, call, fail, faults
from mock_electron.engine.exchange import Exchange
from mock_electron.engine.faults.fault import Fault
from mock_electron.engine.lane import Lane
from mock_electron.scripts import loads

TOOL = {"type": "function", "function": {"name": "f"}}
PAGES: Any = ("nginx", "cloudflare", "alb", "envoy")


def electron_with(**settings: Any) -> Electron:
    return Electron(Lane(Settings(**settings)), "http://mock")


def after(fault: Fault, **fields: Any) -> Exchange:
    """Return the exchange of a request whose reply calls a tool and has this fault."""
    electron = electron_with()
    electron.reply(call("f", city="Pune"), filler="One moment…")
    electron.inject(fault)
    ask(electron._lane, tools=[TOOL], **fields)
    return electron.exchanges.last


@pytest.mark.parametrize("stream", [False, True])
def test_a_reply_that_was_replaced_is_not_in_the_journal(stream: bool) -> None:
    """There is no reply, no text, no call and no usage, and the line has none of them."""
    replaced = [faults.Raw(["x"]), faults.Raw(), faults.ErrorBody(503), fail(503), faults.Reset()]
    for fault in replaced:
        exchange = after(fault, stream=stream)
        assert (exchange.reply, exchange.text, exchange.usage) == (None, None, None), fault
        line = str(exchange)
        assert "One moment" not in line, line
        assert "f(" not in line.replace("fail(", ""), line
        assert "tokens" not in line, line
        record = exchange.to_dict()
        assert (record["reply"], record["usage"]) == (None, None), fault
        with pytest.raises(ValueError, match="has no reply"):
            _ = exchange.chat_reply


def test_filters_do_not_find_what_was_not_sent() -> None:
    """`texts`, `where(tool=…)` and `where(text=…)` skip replies that a fault replaced."""
    for fault in (faults.Raw(["x"]), faults.ErrorBody(503), faults.EmptyChoices()):
        electron = electron_with()
        electron.reply(call("f", city="Pune"), filler="One moment…").inject(fault)
        ask(electron._lane, tools=[TOOL])
        assert electron.exchanges.texts in ([], [None]), fault
        assert not electron.exchanges.where(tool="f"), fault
        assert not electron.exchanges.where(text="moment"), fault


def test_the_lines_of_replaced_replies() -> None:
    """The line says what was sent instead."""
    lines = {
        str(after(fault)).partition(" -> ")[2]
        for fault in (faults.Raw(["x"]), faults.ErrorBody(503), fail(503, page="nginx"))
    }
    assert lines == {
        "Raw(frames=(b'x',)) | 200 | complete, step 1",
        "overloaded 'Upstream model overloaded' | 200 | cut by a fault, step 1, ErrorBody()",
        "fail(503, page='nginx') | 503 | refused, fault",
    }


def test_an_error_in_a_body_with_status_200_is_in_the_journal() -> None:
    """The error of `ErrorBody` is the error that was sent."""
    exchange = after(faults.ErrorBody("concurrency"))
    assert exchange.error is not None
    assert (exchange.status, exchange.error.name) == (200, "concurrency")


def test_a_recording_still_has_the_reply_that_was_replaced() -> None:
    """A recorded script gives the same bytes again."""
    for fault in (faults.Raw(["x"]), faults.ErrorBody(503), faults.EmptyChoices()):
        electron, again = electron_with(), electron_with()
        electron.reply("Hi!").inject(fault)
        first = ask(electron._lane)
        again._lane.replace_script(loads(electron.exchanges.script().encode(), "again.yaml"))
        assert ask(again._lane).frames == first.frames


@pytest.mark.parametrize("status", [400, 503, 504, 520])
def test_a_proxys_error_is_shown_as_one(status: int) -> None:
    """The line names the page, and the journal has no request id, because none was sent."""
    failures = [*({"page": page} for page in PAGES), {"body": "html"}, {"body": "empty"}]
    for options in failures:
        electron = electron_with()
        electron.fail(status, **options)
        answer = ask(electron._lane)
        ask(electron._lane)
        exchange = electron.exchanges[0]
        shown = f"fail({status}, {next(iter(options))}={next(iter(options.values()))!r})"
        assert f"-> {shown} | {status} |" in str(exchange)
        assert header(answer, "x-request-id") is None
        assert exchange.request_id == exchange.to_dict()["request_id"] == ""
        assert exchange.to_dict()["faults"] == [shown]
        assert exchange.error is not None
        assert "Upstream" not in exchange.error.message
        electron.assert_retried(exchange.error.name)
        assert electron.exchanges.where(error=exchange.error.name) == electron.exchanges[:1]


def test_the_request_id_is_that_of_the_header() -> None:
    """Answers with no bytes have none, and the header of a step replaces it."""
    assert after(faults.Reset()).request_id == ""
    assert after(fail(503)).request_id != ""
    electron = electron_with()
    electron.reply("Hi!", headers={"X-Request-Id": "mine"})
    ask(electron._lane)
    assert electron.exchanges.last.request_id == "mine"


def test_a_fault_is_written_without_its_defaults() -> None:
    """The `repr` of a fault is the call that makes it."""
    written: dict[Fault, str] = {
        fail(503): "fail(503)",
        fail("disabled"): "fail('disabled')",
        fail(429, retry_after=7, as_date=True): "fail(429, retry_after=7, as_date=True)",
        fail(503, message="no"): "fail(503, message='no')",
        fail(520, page="cloudflare", delay=2): "fail(520, delay=2, page='cloudflare')",
        faults.Cut(after=3): "Cut(after=3)",
        faults.Stall(2): "Stall(seconds=2)",
        faults.NoDone(): "NoDone()",
    }
    assert {fault: repr(fault) for fault in written} == written
    assert json.loads(json.dumps(after(faults.Gzip()).to_dict()))["faults"] == ["Gzip()"]
