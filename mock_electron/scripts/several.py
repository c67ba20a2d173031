"""Several script files as one script."""

from collections.abc import Iterable

from mock_electron.engine.script.step import Step
from mock_electron.scripts.problems import ScriptError
from mock_electron.scripts.reader import load


def load_all(files: Iterable[str]) -> tuple[Step, ...]:
    """Return the steps of several files, in this order.

    Raises:
        ValueError: If files cannot be read or have errors. The message lists those of all files.
    """
    steps: list[Step] = []
    errors: list[str] = []
    for file in files:
        try:
            steps += load(file)
        except ScriptError as error:
            errors.append(str(error))
    if errors:
        raise ValueError("\n".join(errors))
    return tuple(steps)
