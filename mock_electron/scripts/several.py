"""Several script files as one script."""

from collections.abc import Callable, Iterable

from mock_electron.engine.script.step import Step
from mock_electron.scripts.problems import Problem, ScriptError
from mock_electron.scripts.reader import load

Check = Callable[[Step], Iterable[str]]
"""Takes a step, and returns why it is refused; nothing if it is accepted."""


def load_all(
    files: Iterable[str],
    check: Check = lambda _step: (),
    load: Callable[[str], tuple[Step, ...]] = load,
) -> tuple[Step, ...]:
    """Return the steps of several files, in this order.

    Args:
        files: The files.
        check: Returns why a step is refused, such as by a lane.
        load: Returns the steps of one file.

    Raises:
        ValueError: If files cannot be read or have errors. The message lists those of all files.
    """
    steps: list[Step] = []
    errors: list[str] = []
    for file in files:
        try:
            steps += _accepted(file, load(file), check)
        except ScriptError as error:
            errors.append(str(error))
    if errors:
        raise ValueError("\n".join(errors))
    return tuple(steps)


def _accepted(file: str, steps: tuple[Step, ...], check: Check) -> tuple[Step, ...]:
    """Return the steps of a file. Raise ScriptError if some of them are refused."""
    problems = [
        Problem(int(step.location.rpartition(":")[2]), ("steps", number), words)
        for number, step in enumerate(steps)
        for words in check(step)
    ]
    if problems:
        raise ScriptError(file, problems)
    return steps
