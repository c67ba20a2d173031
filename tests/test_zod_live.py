"""The validators report the same issues as the real Zod, for fixed and generated bodies.

Zod runs in Node. If either is not installed, these tests are skipped, and only the recordings of
`test_zod_recordings.py` verify the validators.
"""

import json
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

import pytest
from chat_requests import JSON_VALUES, mutated_requests
from hypothesis import given, settings
from hypothesis import strategies as st
from zod_cases import CASES, SCHEMAS, ZOD_DIR, expand, issues

from mock_electron.wire import codec

Ask = Callable[[str], str]
"""A function from a JSON body to the JSON of its issues, by schema."""

ROOT: Final = Path(__file__).parent.parent
INSTALLATION: Final = "npm install --prefix fixtures/zod --no-package-lock"
WITHOUT_NODE: Final = f"Node is not installed; install it and run `{INSTALLATION}`"
WITHOUT_ZOD: Final = f"Zod is not installed; run `{INSTALLATION}`"


@pytest.fixture(scope="module")
def zod() -> Iterator[Ask]:
    """Run the real Zod in a process that answers line by line."""
    node = shutil.which("node")
    if node is None:
        pytest.skip(WITHOUT_NODE)
    if not (ZOD_DIR / "node_modules" / "zod").is_dir():
        pytest.skip(WITHOUT_ZOD)
    command = [node, str(ZOD_DIR / "serve.mjs")]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8", bufsize=1
    ) as process:
        assert process.stdin
        assert process.stdout
        write, read = process.stdin.write, process.stdout.readline

        def ask(body: str) -> str:
            write(f"{body}\n")
            return read().removesuffix("\n")

        yield ask


def test_the_installation_command_is_documented() -> None:
    """CONTRIBUTING.md and the CI script contain the command."""
    for path in ("CONTRIBUTING.md", ".ci/run"):
        assert INSTALLATION in (ROOT / path).read_text(encoding="utf-8")


def mock_issues(body: str) -> str:
    """Return the issues that the mock reports, as JSON."""
    return codec.encode({name: issues(name, body) for name in SCHEMAS}).decode()


def test_issues_of_the_cases_are_those_of_zod(zod: Ask) -> None:
    """Every case of the recordings gives the same issues as Zod."""
    bodies = {name: json.dumps(expand(body)) for name, body in CASES.items()}
    assert {name: mock_issues(body) for name, body in bodies.items()} == {
        name: zod(body) for name, body in bodies.items()
    }


PATHS: Final[list[tuple[str | int, ...]]] = [
    *((name,) for name in SCHEMAS["documented"].shape),
    ("stream_options", "include_usage"),
    ("response_format", "type"),
    ("tool_choice", "type"),
    ("tool_choice", "function"),
    ("tool_choice", "function", "name"),
    ("logit_bias", "10"),
    ("tools", 0),
    ("messages", 0),
    *(("messages", 0, name) for name in ("role", "content", "tool_calls", "tool_call_id")),
    ("messages", 0, "tool_calls", 0),
    *(("messages", 0, "tool_calls", 0, name) for name in ("id", "type", "function")),
    *(("messages", 0, "tool_calls", 0, "function", name) for name in ("name", "arguments")),
]
"""The paths that the schema checks."""

NEAR: Final[list[Any]] = [
    *(
        None,
        True,
        False,
        "",
        "x",
        "electron",
        "tool",
        "auto",
        "function",
        "developer",
        "json_schema",
    ),
    *(0, 1, 2, -2, 4, 21, -1, 0.5, 1.5, 2.0, -2.5, 1e-6, 2**64, 1e300),
    *([], [1], ["x"] * 4, ["x"] * 5, [{}] * 64, [{}] * 65, [{}] * 201, {}, {"b": 1, "2": 1}),
    *({"type": "function", "function": {"name": "f"}}, [{"type": "text", "text": "a"}]),
]
"""Values that are valid in one field and invalid in another, or near a limit."""


@st.composite
def near_misses(draw: st.DrawFn) -> object:
    """Generate a minimal request with values of NEAR at one to eight paths."""
    request: object = {"model": "electron", "messages": [{"role": "user"}]}
    for path in draw(st.lists(st.sampled_from(PATHS), min_size=1, max_size=8, unique=True)):
        request = put(request, path, draw(st.sampled_from(NEAR)))
    return request


ANY_FIELDS: Final = st.dictionaries(
    st.sampled_from(list(SCHEMAS["documented"].shape)), JSON_VALUES, min_size=2
)


def put(container: Any, path: tuple[str | int, ...], value: object) -> object:
    """Return a container with the value at the path. Missing containers are created."""
    if not path:
        return value
    key, *rest = path
    if key == 0:
        items = container if isinstance(container, list) and container else [None]
        return [put(items[0], tuple(rest), value), *items[1:]]
    members = container if isinstance(container, dict) else {}
    return members | {key: put(members.get(key), tuple(rest), value)}


def test_issues_of_any_body_are_those_of_zod(zod: Ask) -> None:
    """At least 200 generated bodies give the same issues as Zod.

    They are near misses, requests with any JSON somewhere, and any JSON.
    """
    compared = set()

    @settings(max_examples=260)  # some examples are duplicates
    @given(near_misses() | mutated_requests() | ANY_FIELDS | JSON_VALUES)
    def compare(body: object) -> None:
        written = json.dumps(body)
        assert mock_issues(written) == zod(written)
        compared.add(written)

    compare()
    assert len(compared) >= 200


NUMBERS: Final = st.one_of(
    st.integers(-(2**64), 2**64),
    st.integers(-30, 30).map(lambda exponent: float(f"1e{exponent}")),
    st.floats(allow_nan=False, allow_infinity=False),
)


@given(st.lists(NUMBERS, max_size=20), st.dictionaries(st.text(max_size=2), JSON_VALUES))
def test_quoted_values_are_written_as_in_javascript(
    zod: Ask, numbers: list[float], members: dict[str, Any]
) -> None:
    """An issue that quotes a value writes numbers and the order of keys as JavaScript does."""
    call = {"id": "c", "type": [*numbers, members], "function": {"name": "f", "arguments": ""}}
    message = {"role": "assistant", "tool_calls": [call]}
    written = json.dumps({"model": "electron", "messages": [message]})
    assert mock_issues(written) == zod(written)
