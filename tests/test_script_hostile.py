"""Script files that are broken, huge or hostile: each is one ScriptError, found in bounded work."""

import errno
import os
import queue
import re
import socket
import sys
import tracemalloc
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from string import ascii_lowercase

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mock_electron.engine.lane import Lane
from mock_electron.scripts import ScriptError, limits, load, loads, source
from mock_electron.scripts.watch import watching

DEEP = "nested more than 100 levels deep, or an alias contains itself"


def laughs(pattern: str, first: str, levels: int = 9) -> str:
    """Return a document in which each level repeats the previous one ten times."""
    lines = [f"a: &a {first}"]
    for before, name in pairwise(ascii_lowercase[: levels + 1]):
        lines.append(f"{name}: &{name} " + pattern.format(", ".join([f"*{before}"] * 10)))
    return "\n".join([*lines, "steps: []"])


def problems(data: str | bytes, name: str = "story.yaml") -> list[str]:
    """Return the lines of the error; none if the file can be read."""
    try:
        loads(data if isinstance(data, bytes) else data.encode(), name)
    except ScriptError as error:
        lines = str(error).splitlines()
        return [line.removeprefix("  ").removesuffix(_count(lines)) for line in lines]
    return []


def _count(lines: list[str]) -> str:
    """Return the number of errors as the first line shows it."""
    return f" (the first of {len(lines)} errors)"


HOSTILE: list[tuple[str, str]] = [
    ("[" * 3000, f"story.yaml:1: {DEEP}"),
    ("steps: " + "[" * 3000 + "]" * 3000, f"story.yaml:1: {DEEP}"),
    ("{a: " * 3000, f"story.yaml:1: {DEEP}"),
    ("- " * 3000, f"story.yaml:1: {DEEP}"),
    ("? " * 3000, f"story.yaml:1: {DEEP}"),
    (laughs("[{}]", "[x]"), "story.yaml:2: f: aliases repeat more than 100000 values"),
    ("&a\nsteps: []\n<<: *a", f"story.yaml:2: <<: {DEEP}"),
    ("steps: []\n<<: 5", "story.yaml:2: a merge key << needs a mapping, or a list of mappings"),
    ("steps: !!bool x", "story.yaml:1: invalid YAML: 'x' is not valid for the tag !!bool"),
    ("steps: !!int ''", "story.yaml:1: invalid YAML: '' is not valid for the tag !!int"),
    ("steps: 0x" + "f" * 6000, f"story.yaml:1: invalid YAML: '0x{'f' * 36}… is too large; an integer must have at most 308 digits"),
    ("steps: " + "9" * 6000, f"story.yaml:1: invalid YAML: '{'9' * 38}… is too large; an integer must have at most 308 digits"),
    ('steps: "\\UFFFFFFFF"', "story.yaml:1: invalid YAML: "),
    ("steps: !!set {a}", "story.yaml:1: invalid YAML: unknown tag '!!set'"),
    ("steps: [\0]", "story.yaml:1: invalid YAML: unacceptable character #x0000"),
    ("\n" * (limits.MAX_YAML_BYTES + 1), "story.yaml:1: larger than 512 KiB; use several files, or"),
]  # fmt: skip


def test_a_hostile_file_is_one_problem() -> None:
    """Depth, size and aliases are bounded, and no value of a tag raises another exception."""
    found = [(problems(text), expected) for text, expected in HOSTILE]
    assert [pair for pair in found if len(pair[0]) != 1 or not pair[0][0].startswith(pair[1])] == []


def test_every_kind_of_alias_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    """Merge keys and items of a list count as values that aliases repeat."""
    monkeypatch.setattr(source, "MOST_REPEATED", 3_000)
    repeated = "aliases repeat more than 100000 values"
    assert problems(laughs("{{<<: [{}]}}", "{x: 1}")) == [f"story.yaml:1: e: {repeated}"]
    items = f"steps: [[&a [{'x,' * 99}]{', *a' * 31}]]"
    assert problems(items) == [f"story.yaml:1: step 1: {repeated}"]


def test_a_hostile_json_file_is_one_problem() -> None:
    """JSON has the same limits."""
    name = "story.json"
    text = '{"steps": ' + "[" * 500 + "]" * 500 + "}"
    deep = ["story.json:1: nested more than 100 levels deep"]
    assert [problems(one, name) for one in (text, "[" * 90_000, '{"a":' * 90_000)] == [deep] * 3


INVALID_JSON: list[tuple[str, ...]] = [
    ('{"steps":\n[{"reply": "\\ud800"}]}', "2: invalid JSON: lone surrogate \\ud800 at line 2, column 13"),
    ('["",\n1e999]', "2: invalid JSON at column 1: ", ", got '1e999'"),
    ("[\n\n" + "9" * 6000 + "]", "3: invalid JSON at column 1: ", ", got '" + "9" * 38 + "…"),
    ("[NaN]", "1: invalid JSON at column 2: ", ", got 'NaN'"),
    ("{}\n x", "2: invalid JSON at column 2: ", ", got 'x'"),
    ("[" + '"[' * 90, "1: invalid JSON at column 5: ", ", got '['"),
    ("[1", "1: invalid JSON at column 3: "),
    ('["é\t"]', "1: invalid JSON at column 4: "),
]  # fmt: skip


def test_a_problem_of_a_json_file_has_its_reason() -> None:
    """The message gives the position, why the text is invalid there, and the text."""
    wrong = []
    for text, *expected in INVALID_JSON:
        lines = problems(text, "a.json")
        if not _is_as_expected(lines, *expected):
            wrong.append((lines, expected))
    assert wrong == []


def _is_as_expected(lines: list[str], begin: str, end: str = "") -> bool:
    [line] = lines
    reason = line.removeprefix(f"a.json:{begin}").removesuffix(end)
    return line.startswith(f"a.json:{begin}") and line.endswith(end) and len(reason) > 8


def test_the_number_of_values_and_problems_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """The error comes before all values are read, and it lists the first problems."""
    from mock_electron.scripts import json_lines, yaml_nodes

    monkeypatch.setattr(yaml_nodes, "MAX_YAML_VALUES", 1000)
    monkeypatch.setattr(json_lines, "MAX_VALUES", 1000)
    [line] = problems("steps:\n" + "- reply: x\n" * 5000)
    assert line == "story.yaml:334: more than 20000 values; use several files, or JSON"
    [line] = problems('{"steps": [' + '{"reply":"x"},\n' * 5000 + "1]}", "story.json")
    assert line == "story.json:333: more than 100000 values; use several files"
    lines = problems("steps:\n" + "- repy: x\n" * 300)
    assert len(lines) == 101
    assert lines[-1] == "story.yaml:101: more problems are not listed"
    with pytest.raises(ScriptError, match=r"'reply'\? \(the first of more than 100 errors\)\n  st"):
        loads(b"steps:\n" + b"- repy: x\n" * 300, "story.yaml")


def test_a_message_does_not_repeat_the_file() -> None:
    """Names and values are shortened, also those that aliases repeat."""
    big = "x" * 1000
    texts = (
        f"steps: {big}", f"{big}: 1", f"steps: [{{? {big} : 1}}]", f"steps: []\n{big}: 1\n{big}: 1",
        f"steps: !!int {big}", "steps: [{reply: {text: " + f"[{big}]" + "}}]",
        laughs("[{}]", "[x]", 3) + "\ntools: *d",
    )  # fmt: skip
    assert [line for text in texts for line in problems(text) if len(line) > 300] == []


def test_merge_keys_add_the_fields_of_another_mapping() -> None:
    """Own fields win, then earlier mappings."""
    text = """
steps:
- &first {reply: a, times: 2, when: &when {says: x}}
- {<<: [{reply: b}, *first], times: 3, when: {<<: *when, turn: 1}}
"""
    plain = """
steps:
- {reply: a, times: 2, when: {says: x}}
- {reply: b, times: 3, when: {says: x, turn: 1}}
"""
    merged, written = (loads(one.encode(), "story.yaml") for one in (text, plain))
    assert merged == written


SHAPES: list[tuple[str, str]] = [
    ("{weather: {reply: hi, 1: 2}}", "steps, weather: a key must be a string, got 1"),
    ("{x: {a: 1, a: 2}}", "steps, x: duplicate key 'a'"),
    ("{x: [{~: 1}]}", "steps, x: a key must be a string"),
    ("{1: 2}", "steps: a key must be a string, got 1"),
    ("&a {x: *a}", "steps, x: nested more than 100 levels deep"),
    ("&a {<<: *a}", "steps, <<: nested more than 100 levels deep"),
    ("[[{1: 2}]]", "step 1: a key must be a string, got 1"),
    ("[{reply: {1: 2}}]", "step 1, reply: a key must be a string, got 1"),
]
"""Steps of a wrong shape with a problem that is found before the shape is checked."""


def test_a_problem_has_a_place_whatever_the_shape_of_the_steps() -> None:
    """A wrong key and an alias that contains itself are reported below any kind of `steps`."""
    found = [(problems(f"steps: {text}"), f"story.yaml:1: {words}") for text, words in SHAPES]
    assert [pair for pair in found if not (pair[0] and pair[0][0].startswith(pair[1]))] == []
    [line] = problems('{"steps": {"x": {"a": 1, "a": 2}}}', "story.json")
    assert line == "story.json:1: steps, x: duplicate key 'a'"


TEXT = st.lists(
    st.sampled_from(
        ["steps", ":", " ", "\n", "- ", "[", "]", "{", "}", ",", "&a", "*a", "<<", "? ", "!!int",
         "!!bool", "!", "|", ">", "'", '"', "\\", "#", "%", "---", "\t", "\0", "\ufeff", "x", "5",
         "reply", "when", "0x", "~", "=", "@", "`", "\x85", "é"]
    ),
    max_size=25,
).map("".join)  # fmt: skip


@settings(max_examples=80)
@given(TEXT)
def test_any_text_is_read_or_raises_a_script_error(text: str) -> None:
    """No other exception is raised, whatever the text means in YAML."""
    for prefix in ("", "steps: ", "steps: {x: "):
        assert all(": " in line for line in problems(f"{prefix}{text}"))


# --- kinds of files


def test_only_a_regular_file_is_read(tmp_path: Path) -> None:
    """A pipe does not block and a device does not fill the memory. The error says what it is."""
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    (tmp_path / "weather.yaml").write_text("steps: []", encoding="utf-8")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(tmp_path / "socket"))
    expected = {
        "": "'': the name of a file must not be empty",
        str(tmp_path): "cannot be read: it is a folder; name a file in it.",
        str(tmp_path / "pipe"): "cannot be read: it is a pipe; name a file.",
        str(tmp_path / "socket"): "cannot be read: it is a socket; name a file.",
        "/dev/zero": "cannot be read: it is a device; name a file.",
        "/dev/null": "cannot be read: it is a device; name a file.",
        str(tmp_path / "loop"): "cannot be read: Too many levels of symbolic links.",
        str(tmp_path / "weather.yaml" / "x"): "cannot be read: Not a directory.",
        str(tmp_path / "a\0b"): "cannot be read: embedded null byte.",
        str(tmp_path / ("x" * 300)): "cannot be read: File name too long.",
        str(tmp_path / "wether.yaml"): "No such file or directory. Did you mean 'weather.yaml'?",
        str(tmp_path / "none" / "x"): "cannot be read: No such file or directory.",
    }
    wrong = []
    for path, words in expected.items():
        with pytest.raises(ScriptError) as error:
            load(path)
        if not str(error.value).endswith(words) or len(error.value.problems) != 1:
            wrong.append(str(error.value))
    assert wrong == []


def test_a_large_file_is_not_read_whole(tmp_path: Path) -> None:
    """A sparse file of 1 GiB takes no more memory than the limit."""
    path = tmp_path / "large.yaml"
    with path.open("wb") as file:
        file.truncate(1024**3)
    tracemalloc.start()
    with pytest.raises(ScriptError, match="larger than 512 KiB"):
        load(path)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 4 * limits.MAX_BYTES


# --- the watcher


def test_the_watcher_survives_everything(tmp_path: Path) -> None:
    """After each mishap the next change is noticed, and the last good script stays in use."""
    folder = tmp_path / "scripts"
    path = folder / "story.yaml"
    folder.mkdir()
    write(path, "steps: []")

    def writing(text: str) -> Callable[[], object]:
        return lambda: write(path, text)

    mishaps: list[tuple[list[Callable[[], object]], str]] = [
        ([writing("[" * 3000)], DEEP),
        ([path.unlink], "No such file"),
        ([writing("steps: [{reply: a}]")], "reloaded, 1 step"),
        ([writing("steps: [\0]")], "unacceptable character"),
        ([lambda: path.write_bytes(b"steps: \xff")], "invalid UTF-8"),
        ([path.unlink, lambda: os.mkfifo(path)], "it is a pipe"),
        ([path.unlink, path.mkdir], "it is a folder"),
        ([path.rmdir, folder.rmdir], "No such file"),
        ([folder.mkdir, writing("steps: [{reply: b}")], "invalid YAML"),
        ([writing("steps: [{reply: b}, {reply: c}]")], "reloaded, 2 steps"),
    ]
    lane, messages = Lane(), queue.Queue[str]()

    def report(message: str) -> None:
        messages.put(message)
        raise BrokenPipeError("nobody reads what the watcher reports")

    with watching(str(path), lane, report):
        for changes, words in mishaps:
            for change in changes:
                change()
            while words not in messages.get(timeout=30):
                pass
    assert [state.step.summary for state in lane.script()] == ["reply 'b'", "reply 'c'"]


def write(path: Path, text: str) -> None:
    """Write a file in one step, so that the watcher does not read half of it."""
    new = path.with_name(f"new-{path.name}")
    new.write_text(text, encoding="utf-8")
    new.replace(path)


LONG = "a" * 40_000
LONG_NAMES: list[str] = [
    f"steps: *{LONG}",
    f"steps: !!{LONG} x",
    f"steps: !{LONG}!x y",
    f"steps: !<{LONG}> []",
    f"steps:\n- &{LONG} a\n- &{LONG} b: c: d",
    f"steps: !!int {LONG}",
    f"steps: |{LONG}\n x",
    f"{LONG}: 1\n{LONG}: 2",
    f"%TAG ! x\n%TAG ! {LONG}\n---\n",
    f'{{"{LONG}": 1, "{LONG}": 2}}',
    f'{{"steps": [], "{LONG}": 1}}',
    f"- fail: {LONG}",
]


def test_messages_shorten_what_they_quote() -> None:
    """A name or value of any size does not make the message long."""
    for name in ("story.yaml", "story.json"):
        found = {text[:40]: problems(text, name) for text in LONG_NAMES}
        assert {key: lines for key, lines in found.items() if not lines} == {}
        assert {key for key, lines in found.items() if len("".join(lines)) > 1000} == set()


@pytest.mark.skipif(sys.platform == "win32", reason="needs links and pipes")
def test_a_broken_link_is_named_and_never_suggested(tmp_path: Path) -> None:
    """The message says what the link refers to. Only files that can be read are suggested."""
    for name, target in {"broken": "nowhere", "second": "broken", "loop": "loop"}.items():
        (tmp_path / f"{name}.yaml").symlink_to(f"{target}.yaml")
    (tmp_path / "folder").symlink_to("elsewhere")
    os.mkfifo(tmp_path / "weather.yaml")
    (tmp_path / "weather.yml").mkdir()
    nowhere = "it is a link to nowhere.yaml, which does not exist."
    table = {
        "broken.yaml": nowhere,
        "second.yaml": nowhere,
        "folder/x.yaml": f"{tmp_path / 'folder'} is a link to elsewhere, which does not exist.",
        "loop.yaml": f"{os.strerror(errno.ELOOP)}.",
        "broke.yaml": "No such file or directory.",
        "wether.yaml": "No such file or directory.",
    }
    offenders = {}
    for name, words in table.items():
        with pytest.raises(ScriptError) as caught:
            load(tmp_path / name)
        if not str(caught.value).endswith(f": cannot be read: {words}"):
            offenders[name] = str(caught.value)
    assert offenders == {}
    with pytest.raises(ScriptError, match=re.escape(f"cannot be read: {nowhere}")):
        load("broken.yaml", [tmp_path])
