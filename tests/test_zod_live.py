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
from chat_requests import JSON_VALUES, mutated_requests, near_misses
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


ANY_FIELDS: Final = st.dictionaries(
    st.sampled_from(list(SCHEMAS["documented"].shape)), JSON_VALUES, min_size=2
)


def test_issues_of_any_body_are_those_of_zod(zod: Ask) -> None:
    """At least 100 generated bodies give the same issues as Zod.

    They are near misses, requests with any JSON somewhere, and any JSON.
    """
    compared = set()

    @settings(max_examples=140)  # some examples are duplicates
    @given(near_misses() | mutated_requests() | ANY_FIELDS | JSON_VALUES)
    def compare(body: object) -> None:
        written = json.dumps(body)
        assert mock_issues(written) == zod(written)
        compared.add(written)

    compare()
    assert len(compared) >= 100


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
