"""From a script file to steps. Everything that is wrong is said at once."""

from collections.abc import Iterator, Mapping
from pathlib import Path as FilePath
from pathlib import PurePath
from typing import Any, TypeVar

from mock_electron.engine.faults import Fail, Fault, fail
from mock_electron.engine.faults.fault import ReplacementFault
from mock_electron.engine.pace import Pace, pace_of
from mock_electron.engine.script.match import ANY, Match
from mock_electron.engine.script.step import Step, encode_headers
from mock_electron.inputs.spelling import did_you_mean
from mock_electron.model.draft import Call, Draft, call, reply
from mock_electron.scripts.conditions import read_condition
from mock_electron.scripts.problems import Path, Problem, ScriptError, found_in
from mock_electron.scripts.schema import FAULTS
from mock_electron.scripts.source import Source, parse
from mock_electron.wire import codec

Value = TypeVar("Value")


def load(path: str | FilePath) -> tuple[Step, ...]:
    """The steps in a file.

    Raises ScriptError with all that is wrong, or where there is no such file.
    """
    file = FilePath(path)
    try:
        data = file.read_bytes()
    except OSError as error:
        beside = [near.name for near in file.parent.iterdir()] if file.parent.is_dir() else []
        hint = did_you_mean(file.name, sorted(beside))
        words = f"cannot be read: {error.strerror}.{hint}"
        raise ScriptError(str(path), [Problem(0, (), words)]) from error
    return read(data, str(path))


def read(data: bytes, name: str) -> tuple[Step, ...]:
    """The steps in the text of a file.

    data: YAML in UTF-8, or JSON where the name ends with `.json`. Raises ScriptError.
    """
    source = parse(data, name)
    reader = _Reader(source)
    steps = reader.steps()
    if reader.problems:
        raise ScriptError(name, reader.problems)
    return steps


class _Reader:
    """Reads a document; collects what is wrong with it on the way."""

    def __init__(self, source: Source) -> None:
        self.problems: list[Problem] = []
        self._source = source
        self._wrong: set[Path] = set()
        for path, words in found_in(source.document):
            self._complain(path, words)

    def _complain(self, path: Path, words: str) -> None:
        self.problems.append(Problem(self._source.line(path), path, words))
        self._wrong.add(path)

    def _is_wrong(self, path: Path) -> bool:
        """Whether a part has a problem, or something in it."""
        return any(wrong[: len(path)] == path for wrong in self._wrong)

    def _try(self, path: Path, make: Any, *args: Any, **kwargs: Any) -> Any:
        """What is made of a part; None, and a problem, where it makes no sense."""
        if self._is_wrong(path):
            return None
        try:
            return make(*args, **kwargs)
        except (TypeError, ValueError) as error:
            self._complain(path, str(error))
            return None

    def steps(self) -> tuple[Step, ...]:
        document = self._source.document
        if not isinstance(document, dict) or not isinstance(document.get("steps"), list):
            return ()
        built = [
            self._step(step, ("steps", number))
            for number, step in enumerate(document["steps"])
            if isinstance(step, dict)
        ]
        self._check_tools(document)
        return tuple(step for step in built if step is not None)

    def _step(self, given: Mapping[str, Any], path: Path) -> Step | None:
        match = self._match(given.get("when", {}), (*path, "when"))
        answer = self._answer(given, path)
        faults = tuple(self._faults(given, path))
        pace = self._try((*path, "pace"), _pace, given["pace"]) if "pace" in given else None
        headers = self._try((*path, "headers"), encode_headers, given.get("headers"))
        self._check_faults(given, answer, faults, path)
        if self._is_wrong(path):
            return None
        if answer is None and len(faults) == 1 and isinstance(faults[0], ReplacementFault):
            answer, faults = faults[0], ()
        file = PurePath(self._source.name).name
        step: Step | None = self._try(
            path,
            Step,
            answer,
            match=match,
            times=given.get("times", None if "when" in given else 1),
            pace=pace,
            headers=headers,
            faults=faults,
            location=f"{file}:{self._source.line(path)}",
        )
        return step

    def _match(self, given: Mapping[str, Any], path: Path) -> Match:
        conditions: dict[str, Any] = {}
        for name, value in given.items() if isinstance(given, dict) else ():
            where = (*path, name)
            condition = self._try(where, read_condition, name, value)
            if condition is not None and self._try(where, Match.of, **{name: condition}):
                conditions[name] = condition
        return Match.of(**conditions) if conditions else ANY

    def _answer(self, given: Mapping[str, Any], path: Path) -> Draft | ReplacementFault | None:
        if "reply" in given and "fail" in given:
            self._complain(path, "a step has one answer: reply or fail, not both")
        answer: Draft | ReplacementFault | None = None
        for name, make in (("reply", _draft), ("fail", _failure)):
            if name in given:
                answer = self._try((*path, name), make, given[name])
        return answer

    def _faults(self, given: Mapping[str, Any], path: Path) -> Iterator[Fault]:
        if "cut" in given:
            yield self._try((*path, "cut"), _fault, {"cut": given["cut"]})
        listed = given.get("inject", [])
        for item in listed if isinstance(listed, list) else [listed]:
            yield self._try((*path, "inject"), _fault, item)

    def _check_faults(
        self,
        given: Mapping[str, Any],
        answer: Draft | ReplacementFault | None,
        faults: tuple[Fault, ...],
        path: Path,
    ) -> None:
        """Faults are those of a reply; one in its place stands alone."""
        if isinstance(answer, ReplacementFault):
            for name in ("cut", "inject"):
                if name in given:
                    self._complain((*path, name), f"a step that fails has no reply for {name}")
        elif any(isinstance(fault, ReplacementFault) for fault in faults) and (
            answer or len(faults) > 1
        ):
            words = "reset, close and silence stand in a reply's place, alone"
            self._complain((*path, "inject"), words)

    def _check_tools(self, document: Mapping[str, Any]) -> None:
        """Where a file names the tools, every other name is a slip of the pen."""
        known = document.get("tools", [])
        known = [known] if isinstance(known, str) else known
        if not known or self._is_wrong(("tools",)):
            return
        for number, step in enumerate(document["steps"]):
            for path, name in _tools_in(step):
                if name not in known:
                    hint = did_you_mean(name, known)
                    words = f"there is no tool {name!r}.{hint} Tools: {', '.join(known)}"
                    self._complain(("steps", number, *path), words)


def _draft(given: str | dict[str, Any]) -> Draft:
    if isinstance(given, str):
        return reply(given)
    rest = {name: value for name, value in given.items() if name not in ("text", "calls")}
    what = [given["text"]] if "text" in given else []
    what += map(_call, given.get("calls", []))
    if not what:
        raise ValueError("reply needs text or calls")
    if "text" in given and ("calls" in given or "filler" in given):
        raise ValueError("reply has a text, or calls with a filler before them, not both")
    return reply(*what, **rest)


def _call(given: str | dict[str, str | dict[str, Any]]) -> Call:
    if isinstance(given, str):
        return call(given)
    [(name, arguments)] = given.items()
    if isinstance(arguments, str):  # as they travel, which need not be JSON
        return Call(call(name).name, codec.checked_text(arguments, "an argument"))
    return call(name, **arguments)


def _failure(given: int | str | dict[str, Any]) -> Fail:
    return fail(**given) if isinstance(given, dict) else fail(given)


def _pace(given: str | dict[str, float]) -> Pace:
    return Pace(**given) if isinstance(given, dict) else pace_of(given)


def _fault(given: str | dict[str, dict[str, Any]]) -> Fault:
    [(name, arguments)] = given.items() if isinstance(given, dict) else [(given, {})]
    return FAULTS[name](**arguments)


def _tools_in(step: Any) -> Iterator[tuple[Path, str]]:
    """The names of tools in a step, and where they stand."""
    if not isinstance(step, dict):
        return
    when, answer = step.get("when"), step.get("reply")
    if isinstance(when, dict):
        for condition in ("tools", "after_tool"):
            names = when.get(condition, [])
            for name in names if isinstance(names, list) else [names]:
                yield ("when", condition), str(name)
    calls = answer.get("calls") if isinstance(answer, dict) else None
    for made in calls if isinstance(calls, list) else []:
        names = made if isinstance(made, dict) else [made]
        yield from ((("reply", "calls"), str(name)) for name in names)
