"""The faults by their names in script files and messages: `Cut` is `cut`, `NoDone` is `no_done`."""

import re
from collections.abc import Mapping
from typing import Final

from mock_electron._regex import regex
from mock_electron.engine.faults import catalogue
from mock_electron.engine.faults.fault import Fault
from mock_electron.inputs.checks import must_be
from mock_electron.inputs.spelling import nearest
from mock_electron.inputs.values import required_fields
from mock_electron.wire.errors import KINDS


def _snake_case(name: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()


FAULTS: Final[Mapping[str, type[Fault]]] = {
    _snake_case(name): value
    for name, value in vars(catalogue).items()
    if isinstance(value, type) and issubclass(value, Fault) and name not in ("Fail", "Fault")
}
"""Every fault except `fail`, which has its own names."""

NUMBER: Final = regex(r"[0-9]+(?:\.[0-9]+)?")
FAIL_FORM: Final = "fail(503)"
EXAMPLES: Final[Mapping[str, str]] = {"seconds": "2", "by": "5"}
"""Values of the fields without a default."""


def right_form(given: object) -> str:
    """Return `; write faults.Reset()` for what a user wrote instead of a fault, or "".

    Args:
        given: A name such as "reset", a class such as `faults.Cut`, a status, a list, or anything.
    """
    if given is catalogue.fail or given is catalogue.Fail or type(given) is int:
        return f"; write {FAIL_FORM}"
    if isinstance(given, list | tuple):
        return "; inject one fault at a time"
    if isinstance(given, type) and given in FAULTS.values():
        return f"; write {_form(given)}"
    return _form_of_name(given) if isinstance(given, str) else ""


def check_kind(kind: object) -> None:
    """Check that the kind of an error is not a fault.

    Args:
        kind: The first argument of `fail`.

    Raises:
        TypeError: If it is a fault, or the name of one.
        ValueError: If it is nearly the name of a fault, and not nearly that of an error.
    """
    what = "a status such as 503 or a name such as 'concurrency'"
    if isinstance(kind, catalogue.Fail):
        form = f"{FAIL_FORM}, or inject() with this value"
    elif isinstance(kind, str) and _snake_case(kind) in FAULTS:
        form = f"inject({_form(FAULTS[_snake_case(kind)])})"
    else:
        form = _injected(kind)
    if form:
        raise TypeError(f"{must_be('kind', what, kind)}; write {form}")
    if kind in KINDS or nearest(kind, KINDS) is not None:
        return
    near = nearest(kind, FAULTS)
    if near:
        form = f"inject({_form(FAULTS[near])})"
        raise ValueError(f"{must_be('kind', what, kind)}. Did you mean {form}?")


def check_is_no_fault(part: object) -> None:
    """Raise TypeError if a part of a reply is a fault."""
    form = FAIL_FORM if isinstance(part, catalogue.Fail) else _injected(part)
    if form:
        raise TypeError(f"{must_be('a reply', 'one text or calls', part)}; write {form}")


def _injected(given: object) -> str:
    """Return how to inject a fault or a class of faults, or "" for other values."""
    kind = given if isinstance(given, type) else type(given)
    return f"inject({_form(kind)})" if kind in FAULTS.values() else ""


def _form_of_name(given: str) -> str:
    """Return the right form for a name in any spelling, such as "NoDone", "no-done" or "cut=3"."""
    name, *values = re.split(r"[=:(;]", given.removeprefix("faults."), maxsplit=1)
    name = name.strip()
    snake = _snake_case(name).replace("-", "_")
    if snake in ("fail", "") or snake.isdigit():
        return f"; write {FAIL_FORM}"
    found = {known.replace("_", ""): kind for known, kind in FAULTS.items()}
    kind = found.get(snake.replace("_", ""))
    if kind:
        return f"; write {_form(kind, *values)}"
    near = nearest(name, FAULTS)
    return f". Did you mean {_form(FAULTS[near])}?" if near else ""


def _form(kind: type[Fault], value: str = "") -> str:
    """Return the call that makes a fault, with its required arguments.

    Args:
        kind: The class of the fault.
        value: What a user wrote as the value of its first field, such as "3".
    """
    fields = kind.__struct_fields__
    if fields and NUMBER.fullmatch(value.strip()):
        return f"faults.{kind.__name__}({fields[0]}={value.strip()})"
    given = [f"{name}={EXAMPLES[name]}" for name in required_fields(kind)]
    return f"faults.{kind.__name__}({', '.join(given)})"
