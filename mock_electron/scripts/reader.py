"""Turn script files into steps. A ScriptError lists all problems of a file."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from mock_electron.engine.faults.fault import Fault, ReplacementFault
from mock_electron.engine.script.match import ANY, Match
from mock_electron.engine.script.step import Step, encode_headers
from mock_electron.engine.script.words import check_words, wrong_names
from mock_electron.inputs.checks import optional_whole_number
from mock_electron.inputs.spelling import unknown
from mock_electron.model.draft import Draft
from mock_electron.scripts.files import read_bounded
from mock_electron.scripts.limits import MAX_PROBLEMS
from mock_electron.scripts.missing import broken_link, where_and_similar
from mock_electron.scripts.problems import (
    NOT_LISTED,
    DocumentPath,
    Problem,
    ScriptError,
    WrongError,
    WrongPlaces,
)
from mock_electron.scripts.reply_texts import call_names, reply_texts
from mock_electron.scripts.source import ScriptSource, parse
from mock_electron.scripts.step_values import (
    SAMPLES,
    checked_condition,
    read_failure,
    read_fault,
    read_fault_named,
    read_pace,
    read_reply,
)
from mock_electron.scripts.validation import violations
from mock_electron.scripts.wording import field_path

Check = Callable[[Step], Iterable[str]]
"""Takes a step, and returns why it is refused; nothing if it is accepted."""


def load(path: str | Path, folders: Sequence[Path] = ()) -> tuple[Step, ...]:
    """Return the steps of a file.

    Args:
        path: The file.
        folders: The folders in which it was looked up, for the message about a missing file.

    Raises:
        ScriptError: If the file cannot be read or has errors.
    """
    name = str(path)
    if not name:
        raise ScriptError(name, [Problem(0, (), "the name of a file must not be empty")])
    try:
        data = read_bounded(name)
    except (OSError, ValueError) as error:
        raise ScriptError(
            name, [Problem(0, (), f"cannot be read: {_reason(name, error, folders)}")]
        ) from None
    return loads(data, name)


def _reason(name: str, error: OSError | ValueError, folders: Sequence[Path]) -> str:
    """Return why a file cannot be read, with the path of a similar file if it is missing."""
    reason = error.strerror if isinstance(error, OSError) else str(error)
    is_missing = isinstance(error, FileNotFoundError)
    link = broken_link(name, folders) if is_missing else ""
    if link:
        return f"{link}."
    return f"{reason}{where_and_similar(name, folders) if is_missing else '.'}"


def loads(data: bytes, name: str) -> tuple[Step, ...]:
    """Return the steps of a file's content.

    Args:
        data: YAML in UTF-8, or JSON if the name ends with `.json`.
        name: The name of the file, for messages.

    Raises:
        ScriptError: If the content has errors.
    """
    return steps_of(parse(data, name))


def accepts_all(_step: Step) -> Iterable[str]:
    """Return no reason to refuse a step."""
    return ()


def steps_of(source: ScriptSource, check: Check = accepts_all) -> tuple[Step, ...]:
    """Return the steps of a document.

    Args:
        source: The document.
        check: Returns why a step is refused, such as by a lane.

    Raises:
        ScriptError: If the document has errors.
    """
    reader = _Reader(source, check)
    steps = reader.steps()
    if reader.problems:
        raise ScriptError(source.name, reader.listed())
    return steps


class _Reader:
    """Turns a document into steps, and collects its problems."""

    def __init__(self, source: ScriptSource, check: Check) -> None:
        self.problems: list[Problem] = []
        self._check = check
        self._source = source
        self._wrong = WrongPlaces()
        for violation in violations(source.document):
            if violation.is_consequence:
                self._wrong.add(violation.path)
            else:
                self._report(violation.path, violation.message)
            if len(self.problems) > MAX_PROBLEMS:
                raise ScriptError(source.name, self.listed())

    def _report(self, path: DocumentPath, message: str) -> None:
        self.problems.append(Problem(self._source.line(path), path, message))
        self._wrong.add(path)

    def listed(self) -> list[Problem]:
        """Return the first problems."""
        first = sorted(self.problems, key=lambda problem: problem.line)[:MAX_PROBLEMS]
        if len(self.problems) > MAX_PROBLEMS:
            first.append(Problem(first[-1].line, (), NOT_LISTED))
        return first

    def _is_invalid(self, path: DocumentPath) -> bool:
        """Return whether a value, or a value inside it, has a problem."""
        return path in self._wrong

    def _try(self, path: DocumentPath, make: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        """Return the result of a function. If it raises, report a problem and return None."""
        if self._is_invalid(path):
            return None
        return self._tried(path, make, *args, **kwargs)

    def _try_fields(self, path: DocumentPath, make: Callable[[Any], Any], given: Any) -> Any:
        """Return the result of a function that lists the problems of each field.

        It is called also if fields have problems already, without these.
        """
        is_wrong = self._is_invalid(path)
        right = self._wrong.right_part(path, given, SAMPLES) if is_wrong else given
        made = None if right is None else self._tried(path, make, right)
        return None if is_wrong else made

    def _tried(
        self, path: DocumentPath, make: Callable[..., Any], *args: Any, **kwargs: Any
    ) -> Any:
        try:
            return make(*args, **kwargs)
        except WrongError as error:
            for below, words in error.found:
                self._report((*path, *below), words)
            return None
        except (TypeError, ValueError) as error:
            self._report((*path, *field_path(str(error), args[0] if args else None)), str(error))
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

    def _step(self, given: Mapping[str, Any], path: DocumentPath) -> Step | None:
        match = self._match(given.get("when", {}), (*path, "when"))
        answer = self._answer(given, path)
        faults = tuple(self._faults(given, path))
        pace = None
        if "pace" in given:
            pace = self._try_fields((*path, "pace"), read_pace, given["pace"])
        headers = self._try((*path, "headers"), encode_headers, given.get("headers"))
        times = given.get("times", None if "when" in given else 1)
        self._try((*path, "times"), optional_whole_number, "times", times, 1)
        self._check_faults(given, answer, faults, path)
        if self._is_invalid(path):
            return None
        if answer is None and len(faults) == 1 and isinstance(faults[0], ReplacementFault):
            answer, faults = faults[0], ()
        step: Step | None = self._try(
            path,
            Step,
            answer,
            match=match,
            times=times,
            pace=pace,
            headers=headers,
            faults=faults,
            location=self._source.place(path),
        )
        for words in self._check(step) if step is not None else ():
            self._report(path, words)
        return step

    def _match(self, given: Mapping[str, Any], path: DocumentPath) -> Match:
        conditions = {
            name: self._try((*path, name), checked_condition, name, value)
            for name, value in (given.items() if isinstance(given, dict) else ())
        }
        return ANY if self._is_invalid(path) else Match.of(**conditions)

    def _answer(
        self, given: Mapping[str, Any], path: DocumentPath
    ) -> Draft | ReplacementFault | None:
        if "reply" in given and "fail" in given:
            self._report(path, "step must not have both reply and fail")
        answer: Draft | ReplacementFault | None = None
        if "reply" in given:
            answer = self._try((*path, "reply"), read_reply, given["reply"])
        if "fail" in given:
            answer = self._try_fields((*path, "fail"), read_failure, given["fail"])
        if isinstance(answer, Draft):
            for field, text in reply_texts(given["reply"], (*path, "reply")):
                for message in wrong_names(text):
                    self._report(field, message)
            self._try((*path, "reply"), check_words, answer)
        return answer

    def _faults(self, given: Mapping[str, Any], path: DocumentPath) -> Iterator[Fault]:
        if "cut" in given:
            yield self._try_fields((*path, "cut"), partial(read_fault_named, "cut"), given["cut"])
        listed = given.get("inject", [])
        if not isinstance(listed, list):
            yield self._try_fields((*path, "inject"), read_fault, listed)
            return
        for index, item in enumerate(listed):
            yield self._try_fields((*path, "inject", index), read_fault, item)

    def _check_faults(
        self,
        given: Mapping[str, Any],
        answer: Draft | ReplacementFault | None,
        faults: tuple[Fault, ...],
        path: DocumentPath,
    ) -> None:
        """Report faults that cannot be combined with the answer or with each other."""
        if isinstance(answer, ReplacementFault):
            for name in ("cut", "inject"):
                if name in given:
                    message = f"{name} needs a reply; it cannot be combined with fail"
                    self._report((*path, name), message)
        elif any(isinstance(fault, ReplacementFault) for fault in faults) and (
            answer is not None or len(faults) > 1
        ):
            message = "reset, close and silence cannot be combined with a reply or another fault"
            self._report((*path, "inject"), message)

    def _check_tools(self, document: Mapping[str, Any]) -> None:
        """If the file lists its tools, report every other tool that a step names."""
        known = document.get("tools", [])
        known = [known] if isinstance(known, str) else known
        if not known or self._is_invalid(("tools",)):
            return
        for number, step in enumerate(document["steps"]):
            for path, name in _tools_in(step):
                if name not in known:
                    self._report(("steps", number, *path), unknown("tool", name, known))


def _tools_in(step: Any) -> Iterator[tuple[DocumentPath, str]]:
    """Yield the names of tools in a step, with their paths relative to the step."""
    if not isinstance(step, dict):
        return
    when, answer = step.get("when"), step.get("reply")
    if isinstance(when, dict):
        for condition in ("tools", "after_tool"):
            names = when.get(condition, [])
            for name in names if isinstance(names, list) else [names]:
                yield ("when", condition), str(name)
    calls = answer.get("calls") if isinstance(answer, dict) else None
    for item in calls if isinstance(calls, list) else []:
        names = call_names(item) if isinstance(item, dict) else [item]
        yield from ((("reply", "calls"), str(name)) for name in names)
