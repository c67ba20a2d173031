"""What a server imports until its first answer, and how its classes are created. Counts, no times."""

import ast
import copy
import dataclasses
import inspect
import json
import pickle
import signal
import subprocess
import sys
from collections.abc import Callable
from functools import cached_property
from typing import Any, ClassVar, Final
from urllib.request import Request, urlopen

import pytest

from mock_electron import _dataclass
from mock_electron.engine.faults.stream import Cut
from mock_electron.engine.settings import Settings
from mock_electron.wire.request import CHAT_PATH

SERVER: Final = """
import atexit, sys
from mock_electron.cli.start import main
atexit.register(lambda: print(sorted(sys.modules)))
main(["serve", "--port", "0"])
"""
NEVER: Final = frozenset(
    """
    jsonschema ruamel yaml watchfiles httpx httpx2 httpcore junitparser hypothesis pytest rich
    sse_starlette starlette.responses starlette.routing starlette.requests starlette.applications
    anyio decimal fractions html importlib.resources importlib.metadata unittest xml sqlite3
    pydantic http.server
    """.split()
)
"""Modules, with everything in them, that a plain server does not import."""
UNUSED: Final = (
    "contract", "model.arguments", "model.filler", "model.json_mode", "model.needs",
    "model.plain_answer", "model.tool_use", "plugin", "scripts", "strategies", "testing",
    "traffic.exports", "wire.openapi", *(
        f"engine.faults.{name}" for name in (
            "bodies", "by_name", "calls", "directives", "header", "reply", "spellings", "stream",
            "writes",
        )
    ),
)  # fmt: skip
"""Parts of the package that no plain answer needs."""
MOST_OWN: Final = 130
MOST_OTHER: Final = 275
"""Modules that a server has loaded after its first answer: of the package, and all others."""


@pytest.fixture(scope="module")
def loaded() -> list[str]:
    """Return the modules that a real server has loaded after its first answer."""
    command = [sys.executable, "-c", SERVER]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        url = server.stdout.readline().split()[0].removesuffix("/waves/v1")
        body = {"model": "electron", "messages": [{"role": "user", "content": "Why is it blue?"}]}
        headers = {"Authorization": "Bearer sk_mock", "Content-Type": "application/json"}
        urlopen(Request(url + CHAT_PATH, json.dumps(body).encode(), headers)).close()  # noqa: S310
        server.send_signal(signal.SIGINT)
        return list(ast.literal_eval(server.stdout.readlines()[-1]))


def within(name: str, package: str) -> bool:
    return f"{name}.".startswith(f"{package}.")


def test_a_plain_server_imports_nothing_that_it_does_not_use(loaded: list[str]) -> None:
    """Nothing from NEVER and UNUSED is imported until the first answer has been sent."""
    unused = [*NEVER, *(f"mock_electron.{name}" for name in UNUSED)]
    assert [name for name in loaded if any(within(name, one) for one in unused)] == []


def test_a_plain_server_imports_few_modules(loaded: list[str]) -> None:
    """The bounds leave room for a few modules only. Raise them if a server needs a new one."""
    own = [name for name in loaded if within(name, "mock_electron")]
    assert (len(own) <= MOST_OWN, len(loaded) - len(own) <= MOST_OTHER) == (True, True), (
        len(own), len(loaded) - len(own),
    )  # fmt: skip


def test_a_class_takes_one_compilation(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only `__init__` is compiled, for the first object; the standard library compiles six methods."""
    compiled = []
    builtin = exec

    def counted(*args: Any) -> None:
        compiled.append(args)
        builtin(*args)

    for module in (_dataclass, dataclasses):
        monkeypatch.setattr(module, "exec", counted, raising=False)
    cls: Any = type("A", (), {"__annotations__": {"a": int}})
    made = _dataclass.dataclass(frozen=True, slots=True)(cls)
    assert compiled == []
    assert made(1) == made(a=1) != made(2)
    assert len(compiled) == 1


class Values:
    """The members of the compared classes.

    Attributes:
        a: A number.
    """

    kind: ClassVar[str] = "values"
    a: int
    b: str = "x"
    c: list[int] = dataclasses.field(default_factory=list, compare=False, repr=False)


class Checked(Values):
    """Refuses negative numbers."""

    a: int
    c: list[int] = dataclasses.field(default_factory=list)
    d: int = 3

    def __post_init__(self) -> None:
        if self.a < 0:
            raise ValueError("negative")

    def __repr__(self) -> str:
        return f"<{self.a}>"


class Lazy:
    """Has a cached property."""

    a: int

    @cached_property
    def double(self) -> int:
        """Twice the number."""
        return 2 * self.a


class Nothing:
    """Has no fields."""


def made(decorate: Callable[..., Any], cls: type, **options: bool) -> Any:
    """Return a decorated copy of a class."""
    members = {k: v for k, v in vars(cls).items() if k not in ("__dict__", "__weakref__")}
    bases = () if cls.__bases__ == (object,) else cls.__bases__
    return decorate(**options)(type(cls.__name__, bases, members))


def outcome(action: Callable[[], object]) -> object:
    """Return what a call returns, or the class and the message of what it raises."""
    try:
        return action()
    except Exception as error:
        return type(error), str(error)


def behaviour(cls: Any) -> list[object]:
    """Return all that a user can observe of a class with the field `a`.

    Another attribute than the fields is not assigned: with slots, the message of the standard
    library is about `super`.
    """
    value, equal = cls(a=1), cls(a=1)
    return [
        repr(value).partition(" at 0x")[0], value == equal, value != cls(a=2), value == 1, cls.__doc__,
        str(inspect.signature(cls)), [f.name for f in dataclasses.fields(cls)], cls.__match_args__,
        outcome(lambda: hash(value) == hash(equal)), dataclasses.replace(value, a=5) == cls(a=5),
        outcome(lambda: setattr(value, "a", 2)),
        outcome(lambda: delattr(value, "a")), copy.deepcopy(cls(a=1)) == equal,
        copy.copy(cls(a=1)) == equal, dataclasses.asdict(cls(a=1)), outcome(lambda: str(cls(a=-1)).partition(" at 0x")[0]),
        outcome(cls), outcome(lambda: cls(1, 2, 3, 4, 5)), outcome(lambda: cls(a=1, z=1)),
        hasattr(value, "__dict__"), outcome(lambda: cls(a=1).double),
        cls(a=1).__class__.__qualname__, cls.__init__.__qualname__, cls(a=3) in [cls(a=3)],
    ]  # fmt: skip


def test_classes_behave_as_those_of_the_standard_library() -> None:
    """Only the time to create a class differs."""
    table = [
        (Values, {"frozen": True, "slots": True}), (Values, {"slots": True}),
        (Values, {"frozen": True}), (Checked, {"slots": True, "eq": False}),
        (Values, {"frozen": True, "slots": True, "repr": False}),
        (Checked, {"frozen": True, "slots": True}), (Lazy, {"frozen": True}),
        (Values, {"frozen": True, "slots": True, "kw_only": True}),
    ]  # fmt: skip
    offenders = []
    for cls, options in table:
        ours, theirs = (
            behaviour(made(decorate, cls, **options))
            for decorate in (_dataclass.dataclass, dataclasses.dataclass)
        )
        offenders += [
            (cls, options, mine, their)
            for mine, their in zip(ours, theirs, strict=True)
            if mine != their
        ]
    assert offenders == []
    nothing = made(_dataclass.dataclass, Nothing, frozen=True, slots=True)
    assert (nothing() == nothing(), repr(nothing())) == (True, "Nothing()")


def test_classes_of_the_package_can_be_pickled() -> None:
    """Processes can exchange settings and faults."""
    for value in (Settings(seed=3), Cut(after=2)):
        assert pickle.loads(pickle.dumps(value)) == value  # noqa: S301
