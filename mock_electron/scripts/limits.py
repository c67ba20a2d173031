"""How large a script file may be, so that every file is read or refused within seconds."""

from typing import Final

from mock_electron.scripts.problems import Problem

MAX_BYTES: Final = 2 * 1024 * 1024
"""The maximum size of a file, in bytes."""
MAX_YAML_BYTES: Final = 512 * 1024
"""The maximum size of a YAML file, in bytes. YAML is read character by character."""
MAX_VALUES: Final = 100_000
"""The maximum number of values of a JSON file, keys included."""
MAX_YAML_VALUES: Final = 20_000
"""The maximum number of values of a YAML file, keys included. YAML is read much more slowly."""
MOST_LEVELS: Final = 100
"""The maximum nesting depth of a file."""
MOST_REPEATED: Final = 100_000
"""The maximum number of values that aliases repeat."""
MAX_PROBLEMS: Final = 100
"""The maximum number of problems that are reported."""
TOO_BIG: Final = f"larger than {MAX_BYTES // 1024**2} MiB; use several files"
TOO_BIG_YAML: Final = f"larger than {MAX_YAML_BYTES // 1024} KiB; use several files, or JSON"
TOO_MANY: Final = f"more than {MAX_VALUES} values; use several files"
TOO_MANY_YAML: Final = f"more than {MAX_YAML_VALUES} values; use several files, or JSON"
TOO_DEEP: Final = f"nested more than {MOST_LEVELS} levels deep"
TOO_DEEP_YAML: Final = f"{TOO_DEEP}, or an alias contains itself"
TOO_LARGE: Final = f"aliases repeat more than {MOST_REPEATED} values"


class LimitExceededError(Exception):
    """A file exceeds a limit.

    Attributes:
        problem: The problem to report.
    """

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.words)
        self.problem = problem
