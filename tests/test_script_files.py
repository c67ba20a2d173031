"""Script files: the same words as the API; all that is wrong at once, with its line."""

import json
import re
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from mock_electron import Electron, Pace, ScriptError, Usage, call, faults
from mock_electron.engine.lane import Lane
from mock_electron.engine.pace import PACES
from mock_electron.engine.script import Match, Step
from mock_electron.engine.script.conditions import CONDITIONS
from mock_electron.model.draft import Draft, reply
from mock_electron.scripts import Problem, load, read
from mock_electron.scripts.schema import FAULTS, SCHEMA, WHEN
from mock_electron.scripts.watch import reload, watching
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
    """The steps of a file, without the places where they stand."""
    return [replace(step, location="") for step in read(text.encode(), name)]


def written(write_script: Callable[[Electron], object]) -> list[Step]:
    """The steps that the API makes, without their places."""
    mock = Electron(Lane(), "http://mock")
    write_script(mock)
    return [replace(use.step, location="") for use in mock._lane.script()]


def problems(text: str, name: str = "story.yaml") -> list[str]:
    """What is wrong with a file, line by line."""
    with pytest.raises(ScriptError) as wrong:
        read(text.encode(), name)
    return str(wrong.value).splitlines()


# --- the same as the API

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
        "fail: {kind: 429, message: no, retry_after: 2, as_date: true, delay: 0.5, body: html}",
        lambda e: e.fail(429, message="no", retry_after=2, as_date=True, delay=0.5, body="html"),
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


@pytest.mark.parametrize(("step", "api"), SAME, ids=[row[0] for row in SAME])
def test_a_file_says_the_same_as_the_api(step: str, api: Callable[[Electron], object]) -> None:
    """In YAML, in JSON, and written back."""
    text = f"steps:\n  - {step}\n"
    steps = steps_of(text)
    assert steps == written(api)
    assert steps_of(write(steps)) == steps
    from ruamel.yaml import YAML

    document = YAML(typ="safe", pure=True).load(text)
    if "2026-11-23" not in text:  # a date, for this reader
        assert steps_of(json.dumps(document), "story.json") == steps


def test_the_example_of_the_readme() -> None:
    """A weather agent: two steps that stay, and a failure for two requests."""
    first, second, third = read(WEATHER.encode(), "fixtures/weather.yaml")
    assert (first.times, second.times, third.times) == (None, None, 2)
    assert first.location == "weather.yaml:2"
    assert third.location == "weather.yaml:6"


def test_a_call_whose_arguments_are_no_json() -> None:
    """They are given as text, as a model may write them."""
    text = "steps:\n- reply: {calls: [{f: '{\"x\": '}]}\n"
    [step] = steps_of(text)
    assert step.calls[0].arguments == '{"x": '
    assert steps_of(write([step])) == [step]


TEXTS = st.text(min_size=1, max_size=20).filter(lambda t: t.isprintable() or "\n" in t)
CONDITION = st.one_of(TEXTS, st.sampled_from([re.compile("(?i)a|b"), re.compile(r"(?s)\d+.")]))
MATCHES = st.builds(
    Match,
    says=st.none() | CONDITION,
    system=st.none() | TEXTS,
    turn=st.none() | st.integers(1, 9),
    tools=st.none() | st.lists(st.sampled_from("fgh"), max_size=2).map(tuple),
    after_tool=st.none() | st.sampled_from(["get_weather", "no", "5"]),
    stream=st.none() | st.booleans(),
    headers=st.none() | st.just((("x-a", "b"),)),
    parameters=st.none() | st.just((("temperature", 0), ("stop", ["a"]))),
)
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


@settings(max_examples=60)
@given(st.lists(STEPS, max_size=3))
def test_what_is_written_is_read_again(steps: list[Step]) -> None:
    """Whatever the texts are: quotes, colons, line breaks, words that look like numbers."""
    assert steps_of(write(steps)) == steps


def test_a_reply_without_words_can_be_written() -> None:
    """A call that a limit has cut off leaves nothing else."""
    [step] = steps_of(write([Step(Draft(None, finish_reason="length"))]))
    assert step.answer == reply("", finish_reason="length")


def test_a_function_cannot_be_written() -> None:
    """The message says why."""
    with pytest.raises(ValueError, match="a step whose match is a function"):
        write([Step(reply("x"), match=Match.of(lambda _: True))])
    with pytest.raises(ValueError, match="a step whose answer is a function"):
        write([Step(lambda _: "x")])


def test_the_flags_of_an_expression_are_written_into_it() -> None:
    """A file has no other place for them."""
    flags = re.IGNORECASE | re.DOTALL | re.MULTILINE
    [step] = steps_of(write([Step(reply("x"), match=Match.of(says=re.compile("^a.b", flags)))]))
    assert isinstance(step.match.given["says"], re.Pattern)
    assert step.match.says.search("x\nA\nB")


# --- the schema


def test_the_schema_is_one() -> None:
    """Valid by its own rules; it has every condition but the function, and every fault."""
    Draft202012Validator.check_schema(SCHEMA)
    assert set(WHEN["properties"]) == set(CONDITIONS) - {"predicate"}
    named = {re.sub("_", "", name) for name in FAULTS}
    public = {name.lower() for name, value in vars(faults).items() if isinstance(value, type)}
    assert named == public - {"fault", "fail"}


@pytest.mark.parametrize("name", FAULTS)
def test_every_fault_can_be_written_in_a_file(name: str) -> None:
    """With its fields."""
    fields = {"stall": "{seconds: 1}", "wrong_length": "{by: 3}"}.get(name, "{}")
    [step] = steps_of(f"steps: [{{when: {{}}, inject: [{{{name}: {fields}}}]}}]")
    made = step.answer if step.answer is not None else step.faults[0]
    assert isinstance(made, FAULTS[name])


# --- what is wrong

WRONG: list[tuple[str, list[str]]] = [
    ("", ["story.yaml:1: this is named fields, not nothing"]),
    ("- reply: a", ["story.yaml:1: this is named fields, not [{'reply': 'a'}]"]),
    ("step: []", ["story.yaml:1: step: script has no field 'step'. Did you mean 'steps'?", "story.yaml:1: script needs steps"]),
    ("steps: 5", ["story.yaml:1: steps: this is a list, not 5"]),
    ("steps:\n- 5", ["story.yaml:2: step 1: this is named fields, not 5"]),
    ("steps:\n- {}", ["story.yaml:2: step 1: a step answers with reply or fail, or has a fault with inject or cut"]),
    ("steps:\n- repy: a", ["story.yaml:2: step 1, repy: step has no field 'repy'. Did you mean 'reply'?"]),
    ("steps:\n- when: {sayz: a}\n  reply: b", ["story.yaml:2: step 1, when, sayz: when has no field 'sayz'. Did you mean 'says'?"]),
    ("steps:\n- when:\n    says: 31\n  reply: b", ["story.yaml:3: step 1, when, says: this is a text or named fields, not 31; write it in quotation marks"]),
    ("steps:\n- reply: {txt: a}", ["story.yaml:2: step 1, reply, txt: reply has no field 'txt'. Did you mean 'text'?"]),
    ("steps:\n- reply: {text: a, times: 2}", ["story.yaml:2: step 1, reply, times: reply has no field 'times'. It stands beside reply."]),
    ("steps:\n- reply: {filler: a}", ["story.yaml:2: step 1, reply: reply needs text or calls"]),
    ("steps:\n- reply: {calls: [{f: {}, g: {}}]}", ["story.yaml:2: step 1, reply, calls: a call has one name, with its fields below it"]),
    ("steps:\n- reply: {calls: []}", ["story.yaml:2: step 1, reply, calls: this must not be empty"]),
    ("steps:\n- {reply: a, fail: 503}", ["story.yaml:2: step 1: a step has one answer: reply or fail, not both"]),
    ("steps:\n- fail: 5033", ["story.yaml:2: step 1, fail: there is no 5033. Did you mean '503'? Known: …"]),
    ("steps:\n- fail: overload", ["story.yaml:2: step 1, fail: there is no 'overload'. Did you mean 'overloaded'? Known: …"]),
    ("steps:\n- fail: {message: a}", ["story.yaml:2: step 1, fail: fail needs kind"]),
    ("steps:\n- reply: a\n  inject: [cutt]", ["story.yaml:3: step 1, inject: there is no 'cutt'. Did you mean 'cut'? Known: …"]),
    ("steps:\n- reply: a\n  inject:\n  - cut: {aftr: 1}", ["story.yaml:4: step 1, inject, cut, aftr: cut has no field 'aftr'. Did you mean 'after'?"]),
    ("steps:\n- reply: a\n  cut: {after: -1}", ["story.yaml:3: step 1, cut: Cut: after is a whole number from 0, not -1"]),
    ("steps:\n- reply: a\n  inject: reset", ["story.yaml:3: step 1, inject: reset, close and silence stand in a reply's place, alone"]),
    ("steps:\n- fail: 503\n  cut: {after: 1}", ["story.yaml:3: step 1, cut: a step that fails has no reply for cut"]),
    ("steps:\n- reply: {text: a, filler: b}", ["story.yaml:2: step 1, reply: reply has a text, or calls with a filler before them, not both"]),
    ("steps:\n- reply: a\n  delay: 2", ["story.yaml:3: step 1, delay: step has no field 'delay'. It belongs into fail."]),
    ("steps:\n- reply: a\n  says: b", ["story.yaml:3: step 1, says: step has no field 'says'. It belongs into when."]),
    ("steps:\n- reply: a\n  pace: 100", ["story.yaml:3: step 1, pace: this is a text or named fields, not 100"]),
    ("steps:\n- reply: a\n  times: 0", ["story.yaml:3: step 1, times: this is at least 1, not 0"]),
    ("steps:\n- reply: a\n  pace: fast", ["story.yaml:3: step 1, pace: there is no 'fast'. Known: …"]),
    ("steps:\n- reply: a\n  pace: {first: -1}", ["story.yaml:3: step 1, pace: first is a time from 0 to 3600 seconds, not -1"]),
    ("steps:\n- reply: a\n  headers: {Content-Length: '3'}", ["story.yaml:3: step 1, headers: the header Content-Length says how the bytes travel, and follows from them; faults such as faults.WrongLength break that on purpose"]),
    ("steps:\n- when: {says: {regex: '('}}\n  reply: a", ["story.yaml:2: step 1, when, says: '(' is no regular expression: missing ), unterminated subpattern at position 0"]),
    ("steps:\n- when: {says: ''}\n  reply: a", ["story.yaml:2: step 1, when, says: this must not be empty"]),
    ("steps:\n- when: {parameters: {temprature: 0}}\n  reply: a", ["story.yaml:2: step 1, when, parameters, temprature: parameters has no field 'temprature'. Did you mean 'temperature'?"]),
    ("tools: [get_weather]\nsteps:\n- reply: {calls: [get_wether]}", ["story.yaml:3: step 1, reply, calls: there is no tool 'get_wether'. Did you mean 'get_weather'? Tools: get_weather"]),
    ("tools: f\nsteps:\n- when: {after_tool: g}\n  reply: a", ["story.yaml:3: step 1, when, after_tool: there is no tool 'g'. Tools: f"]),
    ("steps: [", ["story.yaml:1: this is no YAML: expected the node content, but found '<stream end>'"]),
    ("steps:\n\t- a", ["story.yaml:2: this is no YAML: there are no tabs outside of quotation marks; use spaces"]),
    ("steps: []\nsteps: []", ["story.yaml:2: 'steps' stands there twice"]),
    ("steps: []\n5: 6", ["story.yaml:2: '5' is no name; write it in quotation marks"]),
    ("? [a]\n: b\nsteps: []", ["story.yaml:1: this is no name; write it in quotation marks"]),
    ("steps: &a [*a]", ["story.yaml:1: step 1: this is nested too deeply, or in itself"]),
    ("steps: !!python/object:os.system []", ["story.yaml:1: this is no YAML: could not determine a constructor for the tag 'tag:yaml.org,2002:python/object:os.system'"]),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), WRONG, ids=[row[0] for row in WRONG])
def test_a_problem_has_its_line_its_place_and_the_nearest_right_thing(
    text: str, expected: list[str]
) -> None:
    """One line of words for each."""
    assert [re.sub("Known: .+", "Known: …", line) for line in problems(text)] == expected


def test_all_problems_are_said_at_once() -> None:
    """Those of the form and those of the sense, in the order of their lines."""
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
        ["a/b.yaml:4", "step 2, when, says"],
        ["a/b.yaml:6", "step 2, pace"],
        ["a/b.yaml:7", "step 2, headers"],
        ["a/b.yaml:8", "step 3, fail"],
        ["a/b.yaml:9", "step"],
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('{"steps": [\n{"repy": 1}]}', "story.json:2: step 1, repy: step has no field 'repy'. Did you mean 'reply'?"),
        ('{"steps":\n[{"reply": "a"},]}', "story.json:2: this is no JSON"),
        ('{"steps": [{"reply":"a",\n"reply":"b"}]}', "story.json:2: step 1: 'reply' stands there twice"),
        ("steps: []", "story.json:1: this is no JSON"),
        ("", "story.json:1: this is no JSON"),
    ],
)  # fmt: skip
def test_a_wrong_json_file(text: str, expected: str) -> None:
    """As strict as JSON is, with lines."""
    assert problems(text, "story.json") == [expected]


def test_json_may_be_indented_with_tabs_and_escape_as_it_likes() -> None:
    """It is JSON, not a kind of YAML."""
    [step] = steps_of(
        '{\n\t"steps": [\n\t\t{"reply": "\\ud83d\\ude00\\/\\t"}\n\t]\n}', "story.json"
    )
    assert step.answer == reply("😀/\t")


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    """With the nearest that is there."""
    (tmp_path / "weather.yaml").write_text(WEATHER, encoding="utf-8")
    with pytest.raises(ScriptError, match=r"wether\.yaml: cannot be read: .*'weather\.yaml'"):
        load(tmp_path / "wether.yaml")
    (tmp_path / "latin.yaml").write_bytes(b"steps:\n- reply: caf\xe9\n")
    with pytest.raises(ScriptError, match=r"latin\.yaml:2: this is no UTF-8"):
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


def found_problems(data: bytes, name: str) -> tuple[Problem, ...]:
    """What is wrong with a file; nothing where it is read."""
    try:
        read(data, name)
    except ScriptError as wrong:
        return wrong.problems
    return ()


@settings(max_examples=60)
@given(WRONG_STEPS | DOCUMENTS)
def test_a_file_is_read_or_its_problems_are_said(steps: Any) -> None:
    """Whatever is in it, nothing else is raised, and each problem has a line of the file."""
    text = json.dumps({"steps": steps}, indent=1)
    for name in ("story.json", "story.yaml"):
        lines = range(1, text.count("\n") + 2)
        assert all(problem.line in lines for problem in found_problems(text.encode(), name))


@given(
    st.binary(max_size=60) | st.text(max_size=60).map(lambda text: text.encode("utf-8", "ignore"))
)
def test_any_bytes_at_all(data: bytes) -> None:
    """They are steps, or a ScriptError."""
    for name in ("story.json", "story.yaml"):
        assert all(problem.words for problem in found_problems(data, name))


# --- a lane whose script follows a file


def test_a_file_that_is_read_again(tmp_path: Path) -> None:
    """The script is replaced; a wrong file leaves it as it was, and says why."""
    path = tmp_path / "story.yaml"
    lane, said = Lane(), list[str]()
    path.write_text("steps: [{reply: a}]", encoding="utf-8")
    reload(str(path), lane, said.append)
    path.write_text("steps: [{repy: b}]", encoding="utf-8")
    reload(str(path), lane, said.append)
    assert [use.step.summary for use in lane.script()] == ["reply 'a'"]
    assert said[0].endswith("story.yaml: read again, 1 step")
    assert said[1].startswith("the script is left as it was:\n")
    assert "Did you mean 'reply'" in said[1]


def test_a_file_is_watched(tmp_path: Path) -> None:
    """Written in place, or put in its place by a rename, as editors do; other files change nothing."""
    path = tmp_path / "story.yaml"
    path.write_text("steps: []", encoding="utf-8")
    lane, heard = Lane(), threading.Event()

    def say(_words: str) -> None:
        heard.set()

    with watching(str(path), lane, say):
        for text, change in [("a", in_place), ("b", by_rename)]:
            for _ in range(100):  # the watcher may not look yet, or have seen half of a file
                change(path, text)
                heard.wait(0.3)
                heard.clear()
                if [use.step.summary for use in lane.script()] == [f"reply {text!r}"]:
                    break
            else:
                raise AssertionError("no change of the file was seen")


def in_place(path: Path, text: str) -> None:
    path.write_text(f"steps: [{{reply: {text}}}]", encoding="utf-8")


def by_rename(path: Path, text: str) -> None:
    new = path.with_suffix(".new")
    in_place(new, text)
    new.replace(path)
