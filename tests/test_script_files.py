"""Script files: they match the Python API, and errors list all problems with their lines."""

import json
import queue
import re
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from msgspec.structs import replace
from rows import each

from mock_electron import Electron, Pace, ScriptError, Settings, Usage, call, faults
from mock_electron.engine.faults.by_name import FAULTS
from mock_electron.engine.lane import Lane
from mock_electron.engine.pace import PACES
from mock_electron.engine.script.conditions import CONDITIONS
from mock_electron.engine.script.match import Match
from mock_electron.engine.script.step import Step, encode_headers
from mock_electron.model.draft import Draft
from mock_electron.model.scripted import reply
from mock_electron.scripts import Problem, load, loads
from mock_electron.scripts.schema import SCHEMA, WHEN
from mock_electron.scripts.several import load_all
from mock_electron.scripts.watch import Loaded, reload, require_watchfiles, signatures, watching
from mock_electron.scripts.writer import write

WEATHER = """\
steps:
  - when: {says: weather}
    reply: {filler: "Let me check that for you…", calls: [{get_weather: {city: Mumbai}}]}
  - when: {after_tool: get_weather}
    reply: It is 31 °C and humid.
  - fail: 503
    times: 2
"""


def steps_of(text: str, name: str = "story.yaml") -> list[Step]:
    """Return the steps of a file without their locations."""
    return [replace(step, location="") for step in loads(text.encode(), name)]


def steps_by_api(call_api: Callable[[Electron], object]) -> list[Step]:
    """Return the steps that the API adds without their locations."""
    mock = Electron(Lane(), "http://mock")
    call_api(mock)
    return [replace(use.step, location="") for use in mock._lane.script()]


def problems(text: str, name: str = "story.yaml") -> list[str]:
    """Return the lines of the error that a file causes."""
    with pytest.raises(ScriptError) as wrong:
        loads(text.encode(), name)
    return [f"{wrong.value.name}{problem}" for problem in wrong.value.problems]


# --- files and the API

SAME: list[tuple[str, Callable[[Electron], object]]] = [
    ("reply: Hi!", lambda e: e.reply("Hi!")),
    ("{reply: Hi!, times: 3}", lambda e: e.reply("Hi!", times=3)),
    ("{when: {}, reply: Hi!}", lambda e: e.when().reply("Hi!")),
    ("{when: {says: x}, reply: y, times: 2}", lambda e: e.when(says="x").reply("y").times(2)),
    (
        "when: {says: {regex: '(?i)^hi'}, system: a, anywhere: b, turn: 2}\n    reply: y",
        lambda e: e.when(says=re.compile("(?i)^hi"), system="a", anywhere="b", turn=2).reply("y"),
    ),
    (
        "when: {tools: [f, g], after_tool: f, tool_result: '31', stream: true}\n    reply: y",
        lambda e: e.when(tools=["f", "g"], after_tool="f", tool_result="31", stream=True).reply(
            "y"
        ),
    ),
    ("{when: {tools: []}, reply: y}", lambda e: e.when(tools=[]).reply("y")),
    (
        "when: {headers: {X-A: b, c: {regex: d}}, api_key: k, parameters: {seed: 7}}\n    reply: y",
        lambda e: e.when(
            headers={"X-A": "b", "c": re.compile("d")}, api_key="k", parameters={"seed": 7}
        ).reply("y"),
    ),
    ("reply: {calls: [f]}", lambda e: e.reply(call("f"))),
    (
        "reply: {calls: [{f: {on: 2026-11-23, no: yes, x: [1, 2.5, null, true]}}, g], filler: a}",
        lambda e: e.reply(
            call("f", on="2026-11-23", no="yes", x=[1, 2.5, None, True]), call("g"), filler="a"
        ),
    ),
    (
        "reply: {text: a, finish_reason: length, logprobs: -1}",
        lambda e: e.reply("a", finish_reason="length", logprobs=-1),
    ),
    (
        "reply: {text: ab, usage: {prompt_tokens: 3, completion_tokens: 2}, "
        "logprobs: [[a, -1], [b, -2]]}",
        lambda e: e.reply("ab", usage=Usage(3, 2), logprobs=[("a", -1), ("b", -2)]),
    ),
    ("fail: 503", lambda e: e.fail(503)),
    ("fail: concurrency", lambda e: e.fail("concurrency")),
    (
        "fail: {kind: 429, retry_after: 2, as_date: true, delay: 0.5, body: html}",
        lambda e: e.fail(429, retry_after=2, as_date=True, delay=0.5, body="html"),
    ),
    ("{reply: a, pace: electron}", lambda e: e.reply("a", pace="electron")),
    (
        "{reply: a, pace: {first: 0.5, each: 0.1}}",
        lambda e: e.reply("a", pace=Pace(first=0.5, each=0.1)),
    ),
    ("{reply: a, headers: {X-B: c}}", lambda e: e.reply("a", headers={"X-B": "c"})),
    ("{reply: a, cut: {after: 3}}", lambda e: e.reply("a").cut(after=3)),
    (
        "{reply: a, inject: [no_done, {stall: {seconds: 2, after: 1}}]}",
        lambda e: e.reply("a").inject(faults.NoDone(), faults.Stall(2, after=1)),
    ),
    ("{when: {turn: 1}, inject: reset}", lambda e: e.when(turn=1).inject(faults.Reset())),
    ("{when: {}, inject: {cut: {}}}", lambda e: e.when().inject(faults.Cut())),
    ("reply: no", lambda e: e.reply("no")),
    ("reply: 'a: b # c'", lambda e: e.reply("a: b # c")),
]


@each({str(row): row for row in SAME})
def test_a_file_gives_the_same_steps_as_the_api(
    row: tuple[str, Callable[[Electron], object]],
) -> None:
    """YAML, JSON and the written file give the steps that the API gives."""
    step, api = row
    text = f"steps:\n  - {step}\n"
    steps = steps_of(text)
    assert steps == steps_by_api(api)
    assert steps_of(write(steps)) == steps
    from ruamel.yaml import YAML

    document = YAML(typ="safe", pure=True).load(text)
    if "2026-11-23" not in text:  # this reader makes a date of it
        assert steps_of(json.dumps(document), "story.json") == steps


def test_steps_have_their_number_of_uses_and_their_location() -> None:
    """Steps with `when` have no limit; `location` is the file name and the line."""
    first, second, third = loads(WEATHER.encode(), "fixtures/weather.yaml")
    assert (first.times, second.times, third.times) == (None, None, 2)
    assert first.location == "weather.yaml:2"
    assert third.location == "weather.yaml:6"


def test_a_call_can_have_arguments_that_are_invalid_json() -> None:
    """Arguments that are given as text are kept unchanged, and written as text."""
    text = "steps:\n- reply: {calls: [{f: '{\"x\": '}]}\n"
    [step] = steps_of(text)
    assert step.calls[0].arguments == '{"x": '
    assert steps_of(write([step])) == [step]


TEXTS = st.text(min_size=1, max_size=20).filter(lambda t: t.isprintable() or "\n" in t)
CONDITION = st.one_of(TEXTS, st.sampled_from([re.compile("(?i)a|b"), re.compile(r"(?s)\d+.")]))
MATCHES = st.fixed_dictionaries(
    {},
    optional={
        "says": CONDITION,
        "system": TEXTS,
        "turn": st.integers(1, 9),
        "tools": st.lists(st.sampled_from("fgh"), max_size=2).map(tuple),
        "after_tool": st.sampled_from(["get_weather", "no", "5"]),
        "stream": st.booleans(),
        "headers": st.just({"x-a": "b"}),
        "parameters": st.just({"temperature": 0, "stop": ["a"]}),
    },
).map(lambda conditions: Match.of(**conditions))  # type: ignore[arg-type]  # a dict has no types of its keys
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-9, 9)
    | st.sampled_from(["", "yes", "2026-11-23", "मौसम"]),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(TEXTS, inner, max_size=2),
    max_leaves=4,
)
CALLS = st.builds(
    lambda name, arguments: call(name, **arguments), TEXTS, st.dictionaries(TEXTS, JSON, max_size=3)
)
DRAFTS = st.one_of(
    st.builds(reply, st.text(max_size=30).filter(lambda t: not re.search("[\ud800-\udfff]", t))),
    st.lists(CALLS, min_size=1, max_size=2).map(lambda calls: reply(*calls)),
    st.builds(lambda made, filler: reply(made, filler=filler), CALLS, TEXTS),
)
STEPS = st.builds(
    Step,
    DRAFTS,
    match=MATCHES,
    times=st.none() | st.integers(1, 5),
    pace=st.none() | st.sampled_from([*PACES.values(), Pace(first=1)]),
    headers=st.just(()) | st.just(((b"x-a", b"b"),)),
    faults=st.lists(
        st.sampled_from([faults.Cut(after=1), faults.Crlf(), faults.Stall(1.5), faults.Gzip()]),
        max_size=2,
    ).map(tuple),
)


@settings(max_examples=25)
@given(st.lists(STEPS, max_size=3))
def test_written_steps_can_be_read_again(steps: list[Step]) -> None:
    """Reading a written file gives the same steps for all kinds of texts."""
    assert steps_of(write(steps)) == steps


def test_a_reply_without_content_can_be_written() -> None:
    """A draft has neither text nor calls if a limit cut off its only call."""
    [step] = steps_of(write([Step(Draft(None, finish_reason="length"))]))
    assert step.answer == reply("", finish_reason="length")


def test_a_step_that_changes_nothing_can_be_written() -> None:
    """A step with no faults to inject has a form that can be read again."""
    steps = steps_of("steps: [{inject: []}]")
    assert steps_of(write(steps)) == steps


def test_a_function_cannot_be_written() -> None:
    """The message says which function is in the way."""
    with pytest.raises(ValueError, match="cannot write a step to a file if its match is a func"):
        write([Step(reply("x"), match=Match.of(lambda _: True))])
    with pytest.raises(ValueError, match="cannot write a step to a file if its answer is a func"):
        write([Step(lambda _: "x")])


def test_the_flags_of_an_expression_are_written_into_it() -> None:
    """A written file sets the flags of a regular expression inside the pattern."""
    flags = re.IGNORECASE | re.DOTALL | re.MULTILINE
    [step] = steps_of(write([Step(reply("x"), match=Match.of(says=re.compile("^a.b", flags)))]))
    says = step.match.given["says"]
    assert isinstance(says, re.Pattern)
    assert says.search("x\nA\nB")


# --- the schema


def test_the_schema_is_valid_and_complete() -> None:
    """It is valid JSON Schema, and lists every condition and every fault."""
    Draft202012Validator.check_schema(SCHEMA)
    assert set(WHEN["properties"]) == set(CONDITIONS)
    names = {re.sub("_", "", name) for name in FAULTS}
    public = {name.lower() for name, value in vars(faults).items() if isinstance(value, type)}
    assert names == public - {"fault", "fail"}


@each({str(row): row for row in FAULTS})
def test_every_fault_can_be_written_in_a_file(name: str) -> None:
    """The step has the fault as its answer or as a fault of the reply."""
    fields = {"stall": "{seconds: 1}", "wrong_length": "{by: 3}"}.get(name, "{}")
    [step] = steps_of(f"steps: [{{when: {{}}, inject: [{{{name}: {fields}}}]}}]")
    fault = step.answer if step.answer is not None else step.faults[0]
    assert isinstance(fault, FAULTS[name])


# --- errors

WRONG: list[tuple[str, list[str]]] = [
    ("", ["story.yaml:1: script must be a mapping, got nothing"]),
    ("- reply: a", ["story.yaml:1: script must be a mapping, got [{'reply': 'a'}]; write steps: above the list"]),
    ("step: []", ["story.yaml:1: step: unknown script field 'step'; expected one of … Did you mean 'steps'?"]),
    ("steps: 5", ["story.yaml:1: steps: steps must be a list, got 5"]),
    ("steps:\n- 5", ["story.yaml:2: step 1: step must be a mapping, got 5"]),
    ("steps:\n- {}", ["story.yaml:2: step 1: step must have reply, fail, inject or cut"]),
    ("steps:\n- repy: a", ["story.yaml:2: step 1, repy: unknown step field 'repy'; expected one of … Did you mean 'reply'?"]),
    ("steps:\n- when: {sayz: a}\n  reply: b", ["story.yaml:2: step 1, when, sayz: unknown condition 'sayz'; expected one of … Did you mean 'says'?"]),
    ("steps:\n- when:\n    says: 31\n  reply: b", ["story.yaml:3: step 1, when, says: says must be a string or a mapping, got 31; write it in quotation marks"]),
    ("steps:\n- when: {stream: 1}\n  reply: b", ["story.yaml:2: step 1, when, stream: stream must be true or false, got 1"]),
    ("steps:\n- reply: {txt: a}", ["story.yaml:2: step 1, reply, txt: unknown reply field 'txt'; expected one of … Did you mean 'text'?"]),
    ("steps:\n- reply: {text: a, times: 2}", ["story.yaml:2: step 1, reply, times: unknown reply field 'times'. It goes next to reply."]),
    ("steps:\n- reply: {filler: a}", ["story.yaml:2: step 1, reply: reply must have text or calls"]),
    ("steps:\n- reply: {calls: [{f: {}, g: {}}]}", ["story.yaml:2: step 1, reply, calls: call must have one key, the name of a tool with its arguments, and may have id, got 'f', 'g'"]),
    ("steps:\n- reply: {calls: [{}]}", ["story.yaml:2: step 1, reply, calls: call must have one key, the name of a tool with its arguments, and may have id, got none"]),
    ("steps:\n- reply: {calls: [5]}", ["story.yaml:2: step 1, reply, calls: call must be a string or a mapping, got 5; write it in quotation marks"]),
    ("steps:\n- reply: {calls: [{g: 1}]}", ["story.yaml:2: step 1, reply, calls, g: the arguments of g must be a mapping or a string, got 1"]),
    ("steps:\n- reply: {calls: []}", ["story.yaml:2: step 1, reply, calls: calls must not be empty"]),
    ("steps:\n- reply: {text: a, finish_reason: stopp}", ["story.yaml:2: step 1, reply, finish_reason: unknown finish_reason 'stopp'; expected one of … Did you mean 'stop'?"]),
    ("steps:\n- reply: {text: a, usage: {prompt_tokens: -1}}", ["story.yaml:2: step 1, reply, usage, prompt_tokens: prompt_tokens must be at least 0, got -1", "story.yaml:2: step 1, reply, usage: usage must have the field 'completion_tokens'"]),
    ("steps:\n- reply: {text: a, logprobs: 1}", ["story.yaml:2: step 1, reply, logprobs: logprobs must be at most 0, got 1"]),
    ("steps:\n- reply: {text: a, logprobs: [[a], [a, -1, -1], ['', -1], 5]}", [
        "story.yaml:2: step 1, reply, logprobs: an item of logprobs must have at least 2 items, got 1",
        "story.yaml:2: step 1, reply, logprobs: an item of logprobs must have at most 2 items, got 3",
        "story.yaml:2: step 1, reply, logprobs: an item of logprobs must not be empty",
        "story.yaml:2: step 1, reply, logprobs: an item of logprobs must be a list, got 5",
    ]),
    ("steps:\n- {reply: a, fail: 503}", ["story.yaml:2: step 1: step must not have both reply and fail"]),
    ("steps:\n- fail: 5033", ["story.yaml:2: step 1, fail: unknown error 5033; expected one of … Did you mean 503?"]),
    ("steps:\n- fail: overload", ["story.yaml:2: step 1, fail: unknown error 'overload'; expected one of … Did you mean 'overloaded'?"]),
    ("steps:\n- fail: {message: a}", ["story.yaml:2: step 1, fail: fail must have the field 'kind'"]),
    ("steps:\n- reply: a\n  inject: [cutt]", ["story.yaml:3: step 1, inject: unknown fault 'cutt'; expected one of … Did you mean 'cut'?"]),
    ("steps:\n- reply: a\n  inject:\n  - cut: {aftr: 1}", ["story.yaml:4: step 1, inject, cut, aftr: unknown cut field 'aftr'; expected one of … Did you mean 'after'?"]),
    ("steps:\n- reply: a\n  inject: reset", ["story.yaml:3: step 1, inject: reset, close and silence cannot be combined with a reply or another fault"]),
    ("steps:\n- fail: 503\n  cut: {after: 1}", ["story.yaml:3: step 1, cut: cut needs a reply; it cannot be combined with fail"]),
    ("steps:\n- reply: {text: a, filler: b}", ["story.yaml:2: step 1, reply: reply must have either text, or calls with an optional filler"]),
    ("steps:\n- reply: a\n  delay: 2", ["story.yaml:3: step 1, delay: unknown step field 'delay'. It goes inside fail."]),
    ("steps:\n- reply: a\n  says: b", ["story.yaml:3: step 1, says: unknown step field 'says'. It goes inside when."]),
    ("steps:\n- reply: a\n  pace: 100", ["story.yaml:3: step 1, pace: pace must be a string or a mapping, got 100"]),
    ("steps:\n- reply: a\n  times: 0", ["story.yaml:3: step 1, times: times must be at least 1, got 0"]),
    ("steps:\n- reply: a\n  times: yes", ["story.yaml:3: step 1, times: times must be an integer or null, got 'yes'"]),
    ("steps:\n- reply: a\n  times: true", ["story.yaml:3: step 1, times: times must be an integer or null, got true"]),
    ("steps:\n- reply: a\n  pace: fast", ["story.yaml:3: step 1, pace: unknown pace 'fast'; expected one of …"]),
    ("steps:\n- when: {says: ''}\n  reply: a", ["story.yaml:2: step 1, when, says: says must not be empty"]),
    ("steps:\n- when: {parameters: {temprature: 0}}\n  reply: a", ["story.yaml:2: step 1, when, parameters, temprature: unknown request parameter 'temprature'; expected one of … Did you mean 'temperature'?"]),
    ("tools: [get_weather]\nsteps:\n- reply: {calls: [get_wether]}", ["story.yaml:3: step 1, reply, calls: unknown tool 'get_wether'; expected 'get_weather'"]),
    ("tools: f\nsteps:\n- when: {after_tool: g}\n  reply: a", ["story.yaml:3: step 1, when, after_tool: unknown tool 'g'; expected 'f'"]),
    ("steps: [", ["story.yaml:1: invalid YAML: a bracket is not closed"]),
    ("steps:\n  - reply: [a\n", ["story.yaml:2: invalid YAML: a bracket is not closed"]),
    ("steps:\n- reply: {text: a\n\n\n", ["story.yaml:2: invalid YAML: a bracket is not closed"]),
    ("steps:\n- reply: 'a\n- fail: 503\n", ["story.yaml:2: invalid YAML: a quotation mark is not closed"]),
    ("steps:\n\t- a", ["story.yaml:2: invalid YAML: tabs are allowed in quoted strings only; use spaces"]),
    ("steps: []\nsteps: []", ["story.yaml:2: duplicate key 'steps'"]),
    ("steps: []\n5: 6", ["story.yaml:2: a key must be a string, got 5; write it in quotation marks"]),
    ("? [a]\n: b\nsteps: []", ["story.yaml:1: a key must be a string, got a list or a mapping"]),
    ("steps: &a [*a, *a]", ["story.yaml:1: step 1: nested more than 100 levels deep, or an alias contains itself"]),
    ("\n".join(" " * level + "a:" for level in range(900)), ["story.yaml:1: nested more than 100 levels deep, or an alias contains itself"]),
    ("steps: !!python/object:os.system []", ["story.yaml:1: invalid YAML: unknown tag '!!python/object:os.system'"]),
]  # fmt: skip


def shortened(line: str) -> str:
    """Return a line of an error without the list of known names."""
    return re.sub(r"expected one of [^.]+\.?", "expected one of …", line)


@each({str(row): row for row in WRONG})
def test_a_problem_has_its_line_its_position_and_the_nearest_name(
    row: tuple[str, list[str]],
) -> None:
    """Each problem is one line."""
    text, expected = row
    assert [shortened(line) for line in problems(text)] == expected


def test_an_unknown_name_is_reported_with_all_known_names() -> None:
    """Names are in quotation marks, and statuses are not."""
    [line] = problems("steps: [{fail: {kind: 503, body: pdf}}]")
    assert line.endswith("unknown body 'pdf'; expected one of 'html', 'empty'")
    [line] = problems("steps: [{fail: x}]")
    assert re.search(r"unknown error 'x'; expected one of 400, .*503, .*'overloaded'", line)


SAME_ERROR: list[tuple[str, str, Callable[[], object]]] = [
    ("{reply: a, cut: {after: -1}}", "cut, after", lambda: faults.Cut(after=-1)),
    ("{reply: a, pace: {first: -1}}", "pace, first", lambda: Pace(first=-1)),
    ("{reply: a, headers: {Content-Length: '3'}}", "headers", lambda: encode_headers({"Content-Length": "3"})),
    ("{reply: {calls: [f], logprobs: [[a, -1]]}}", "reply", lambda: reply(call("f"), logprobs=[("a", -1)])),
    ("{fail: {kind: 503, delay: -1}}", "fail, delay", lambda: faults.fail(503, delay=-1)),
]  # fmt: skip


@each({str(row): row for row in SAME_ERROR})
def test_a_wrong_value_has_the_message_of_the_api(
    row: tuple[str, str, Callable[[], object]],
) -> None:
    """The line and the position are added."""
    step, field, api = row
    with pytest.raises((TypeError, ValueError)) as wrong:
        api()
    assert problems(f"steps:\n- {step}") == [f"story.yaml:2: step 1, {field}: {wrong.value}"]


def test_an_invalid_regular_expression_is_reported_with_the_reason() -> None:
    """The message has the pattern and the message of the module `re`."""
    [line] = problems("steps:\n- when: {says: {regex: '('}}\n  reply: a")
    assert line == (
        "story.yaml:2: step 1, when, says, regex: invalid regular expression '(': "
        "missing ), unterminated subpattern at position 0"
    )


def test_an_error_lists_all_problems() -> None:
    """Violations of the schema and wrong values are listed together, ordered by line."""
    text = """\
steps:
  - when: {sayz: weather, turn: 0}
    repy: hello
  - when: {says: {regex: "("}}
    reply: off
    pace: fast
    headers: {Content-Length: "3"}
  - fail: overload
step: []
"""
    places = [line.split(": ")[:2] for line in problems(text, "a/b.yaml")]
    assert places == [
        ["a/b.yaml:2", "step 1, when, turn"],
        ["a/b.yaml:2", "step 1, when, sayz"],
        ["a/b.yaml:3", "step 1, repy"],
        ["a/b.yaml:4", "step 2, when, says, regex"],
        ["a/b.yaml:6", "step 2, pace"],
        ["a/b.yaml:7", "step 2, headers"],
        ["a/b.yaml:8", "step 3, fail"],
        ["a/b.yaml:9", "step"],
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('{"steps": [\n{"repy": 1}]}', "story.json:2: step 1, repy: unknown step field 'repy'; expected one of … Did you mean 'reply'?"),
        ('{"steps":\n[{"reply": "a"},]}', "story.json:2: invalid JSON at column "),
        ('{"steps": [{"reply":"a",\n"reply":"b"}]}', "story.json:2: step 1: duplicate key 'reply'"),
        ("steps: []", "story.json:1: invalid JSON at column 1: "),
        ("", "story.json:1: invalid JSON at column 1: "),
    ],
)  # fmt: skip
def test_a_problem_of_a_json_file_has_its_line(text: str, expected: str) -> None:
    """The file must be strict JSON."""
    [line] = [shortened(line) for line in problems(text, "story.json")]
    assert line.startswith(expected)


def test_json_may_have_tabs_and_all_escapes() -> None:
    """A JSON file may be indented with tabs and use escapes that YAML does not have."""
    [step] = steps_of(
        '{\n\t"steps": [\n\t\t{"reply": "\\ud83d\\ude00\\/\\t"}\n\t]\n}', "story.json"
    )
    assert step.answer == reply("😀/\t")


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    """The error suggests the nearest file name, or says where the encoding is wrong."""
    (tmp_path / "weather.yaml").write_text(WEATHER, encoding="utf-8")
    with pytest.raises(ScriptError, match=r"wether\.yaml: cannot be read: .*'weather\.yaml'"):
        load(tmp_path / "wether.yaml")
    (tmp_path / "latin.yaml").write_bytes(b"steps:\n- reply: caf\xe9\n")
    with pytest.raises(ScriptError, match=r"latin\.yaml:2: invalid UTF-8: "):
        load(tmp_path / "latin.yaml")
    assert len(load(str(tmp_path / "weather.yaml"))) == 3


LEAVES = (
    st.none() | st.booleans() | st.integers(-2, 600) | st.sampled_from(["", "a", "reset", "503"])
)
WORDS = st.sampled_from(
    ["steps", "when", "reply", "fail", "inject", "cut", "times", "says", "tools", "calls", "text",
     "regex", "headers", "parameters", "kind", "after", "usage", "logprobs", "pace", "x"]
)  # fmt: skip
DOCUMENTS = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=4),
    max_leaves=12,
)
WRONG_STEPS = st.lists(st.dictionaries(WORDS, DOCUMENTS, max_size=4), max_size=3)


def problems_of(data: bytes, name: str) -> tuple[Problem, ...]:
    """Return the problems of a file; none if it can be read."""
    try:
        loads(data, name)
    except ScriptError as wrong:
        return wrong.problems
    return ()


@settings(max_examples=25)
@given(WRONG_STEPS | DOCUMENTS)
def test_every_document_is_read_or_raises_a_script_error(steps: Any) -> None:
    """No other exception is raised, and each problem has a line of the file."""
    text = json.dumps({"steps": steps}, indent=1)
    for name in ("story.json", "story.yaml"):
        lines = range(1, text.count("\n") + 2)
        assert all(problem.line in lines for problem in problems_of(text.encode(), name))


@given(
    st.binary(max_size=60) | st.text(max_size=60).map(lambda text: text.encode("utf-8", "ignore"))
)
def test_any_bytes_are_read_or_raise_a_script_error(data: bytes) -> None:
    """No other exception is raised, and each problem has a message."""
    for name in ("story.json", "story.yaml"):
        assert all(problem.words for problem in problems_of(data, name))


def test_a_message_says_what_to_write_instead() -> None:
    """For another encoding or format, a number that is too large, and a pace."""
    utf_16 = "it is in UTF-16; save it in UTF-8"
    other = "a script file is YAML, or JSON if its name ends with .json"
    wrong = {}
    for data, name, words in (
        ("steps: []".encode("utf-16"), "a.yaml", utf_16),
        ("steps: []".encode("utf-16-le"), "a.yaml", utf_16),
        ('{"steps": []}'.encode("utf-16-be"), "a.json", utf_16),
        (b"[x]\na = 1\n", "a.toml", other),
        (b'// x\n{"steps": []}', "a.json5", other),
        (b'{"steps": %b}' % (b"9" * 5000), "a.json", "column 11: a number must be below 1.8e308"),
        (b"steps: [{reply: x, pace: fast}]", "a.yaml", "mapping such as {first: 1, each: 0}"),
    ):
        with pytest.raises(ScriptError) as error:
            loads(data, name)
        if words not in str(error.value):
            wrong[data, name] = str(error.value)
    assert wrong == {}


def test_a_step_without_a_last_use_can_be_written() -> None:
    """`times: null` means the same as `.times(None)`, also after a round trip."""
    steps = loads(b"steps: [{reply: x, times: null}, {reply: y}]", "a.yaml")
    assert [step.times for step in steps] == [None, 1]


# --- watching a file


def test_a_file_is_loaded_again(tmp_path: Path) -> None:
    """The new steps replace the script; a file with errors is reported and changes nothing."""
    path = tmp_path / "story.yaml"
    lane, messages = Lane(), list[str]()
    path.write_text("steps: [{reply: a}]", encoding="utf-8")
    reload(str(path), lane, messages.append)
    path.write_text("steps: [{repy: b}]", encoding="utf-8")
    reload(str(path), lane, messages.append)
    assert [use.step.summary for use in lane.script()] == ["reply 'a'"]
    assert messages[0].endswith("story.yaml: reloaded, 1 step")
    assert messages[1].startswith(f"the script is unchanged: {path}:1: step 1, repy: ")
    assert "Did you mean 'reply'" in messages[1]


def test_a_file_with_an_unknown_tool_is_not_loaded_again(tmp_path: Path) -> None:
    """A strict lane keeps its script if any step of the file names a tool that does not exist."""
    path = tmp_path / "story.yaml"
    lane, messages = Lane(Settings(strict=True, tools=("f",))), list[str]()
    for answer in ("a", "{calls: [g]}"):
        path.write_text(f"steps: [{{reply: {answer}}}, {{reply: b}}]", encoding="utf-8")
        reload(str(path), lane, messages.append)
    assert [use.step.summary for use in lane.script()] == ["reply 'a'", "reply 'b'"]
    expected = f"{path}:1: step 1: unknown tool 'g'; expected 'f'"
    assert messages[1] == f"the script is unchanged: {expected}"


def test_a_change_before_the_watcher_starts_is_noticed(tmp_path: Path) -> None:
    """The file is compared with its state before the script was read."""
    path = tmp_path / "story.yaml"
    path.write_text("steps: [{reply: a}]", encoding="utf-8")
    lane, messages, kept = Lane(), queue.Queue[str](), list[Loaded]()
    known = signatures(str(path))
    path.write_text("steps: [{reply: other}]", encoding="utf-8")
    with watching(str(path), lane, messages.put, known, kept.append):
        assert messages.get(timeout=20).endswith("story.yaml: reloaded, 1 step")
    assert [use.step.summary for use in lane.script()] == ["reply 'other'"]
    assert [(one.known, one.steps[0].summary) for one in kept] == [
        (signatures(str(path)), "reply 'other'")
    ]


def test_a_file_is_watched(tmp_path: Path) -> None:
    """The script is replaced after the file is written, and after a new file is renamed to it."""
    path = tmp_path / "story.yaml"
    path.write_text("steps: []", encoding="utf-8")
    lane, reported = Lane(), threading.Event()

    def report(_message: str) -> None:
        reported.set()

    with watching(str(path), lane, report):
        for text, change in [("a", in_place), ("b", by_rename)]:
            for _ in range(100):  # the watcher may not be ready, or may have read half of a file
                change(path, text)
                reported.wait(0.3)
                reported.clear()
                if [use.step.summary for use in lane.script()] == [f"reply {text!r}"]:
                    break
            else:
                raise AssertionError("the watcher did not notice the change")


def test_several_files_are_watched(tmp_path: Path) -> None:
    """A change of one loads all of them, in their order. The message names the changed one."""
    paths = [tmp_path / "a.yaml", tmp_path / "folder" / "b.yaml"]
    paths[1].parent.mkdir()
    for path in paths:
        in_place(path, path.stem)
    lane, messages, reported = Lane(), list[str](), threading.Event()

    def report(message: str) -> None:
        messages.append(message)
        reported.set()

    with watching([str(path) for path in paths], lane, report):
        for number in range(100):
            in_place(paths[1], f"c{number % 2}")
            if reported.wait(0.3):
                break
    assert [use.step.summary[:8] for use in lane.script()] == ["reply 'a", "reply 'c"]
    assert messages[0] == f"{paths[1]}: reloaded, 2 steps"


def in_place(path: Path, text: str) -> None:
    path.write_text(f"steps: [{{reply: {text}}}]", encoding="utf-8")


def by_rename(path: Path, text: str) -> None:
    new = path.with_suffix(".new")
    in_place(new, text)
    new.replace(path)


# --- the base install


def test_watching_without_its_extra_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    """The message is one line with the install command."""
    monkeypatch.setitem(sys.modules, "watchfiles", None)
    with pytest.raises(ImportError) as missing:
        require_watchfiles()
    assert str(missing.value) == (
        "mock-electron serve --watch needs watchfiles: "
        'install it with pip install "mock-electron[watch]"'
    )


def test_files_are_checked_on_the_base_install() -> None:
    """Neither `check` nor `schema` needs a package of an extra or of the tests."""
    program = """
import sys
sys.modules |= dict.fromkeys(["jsonschema", "watchfiles", "httpx2", "junitparser", "hypothesis"])
from click.testing import CliRunner
from mock_electron.cli.app import cli
import mock_electron.scripts.watch
for arguments in (["check", "fixtures/weather.yaml"], ["schema"]):
    result = CliRunner().invoke(cli, arguments)
    assert result.exit_code == 0, result
"""
    folder = Path(__file__).parent.parent
    subprocess.run([sys.executable, "-c", program], check=True, cwd=folder)


def test_a_folder_stands_for_the_script_files_in_it(tmp_path: Path) -> None:
    """In the order of their names, without hidden files and other files. It may be empty."""
    folder = tmp_path / "scripts"
    files = [("b.json", '{"steps": [{"reply": "b"}]}'), ("a.yaml", "steps: [{reply: a}]")]
    (folder / "sub.yaml").mkdir(parents=True)
    assert load_all([str(folder)]) == ()
    for name, text in (*files, (".c.yaml", "?"), ("notes.txt", "?"), ("script.schema.json", "?"), ("c.yml", "steps: [{reply: c}]")):  # fmt: skip
        (folder / name).write_text(text, encoding="utf-8")
    steps = load_all([str(folder)])
    assert [step.location for step in steps] == ["a.yaml:1", "b.json:1", "c.yml:1"]
    (folder / "a.yaml").write_text("steps: [{repy: a}]", encoding="utf-8")
    with pytest.raises(ValueError, match=r"scripts/a\.yaml:1: step 1, repy: "):
        load_all([str(folder)])


def test_a_watched_folder_notices_new_and_removed_files(tmp_path: Path) -> None:
    """Also if the folder was empty, and if a file only gets another name."""
    lane, messages = Lane(), queue.Queue[str]()
    folder = tmp_path / "scripts"
    folder.mkdir()
    with watching(str(folder), lane, messages.put):
        for change, steps in (
            (lambda: (folder / "a.yaml").write_text("steps: [{reply: a}, {reply: b}]"), 2),
            (lambda: (folder / "b.yaml").write_text("steps: [{reply: c}]"), 3),
            (lambda: (folder / "a.yaml").rename(folder / "c.yaml"), 3),
            ((folder / "b.yaml").unlink, 2),
        ):
            change()
            # A file may be read before its content is written.
            while "reloaded" not in (message := messages.get(timeout=30)):
                pass
            while len(lane.script()) != steps:
                message = messages.get(timeout=30)
            assert message.startswith(f"{folder}: reloaded, ")
        assert [state.step.location for state in lane.script()] == ["c.yaml:1", "c.yaml:1"]
