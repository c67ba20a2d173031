"""The faults, for `electron.inject(…)` and scripted replies.

    from mock_electron.faults import Cut

docs/faults.md lists them.
"""

import typing as _typing  # private, because users see the names of this module

from mock_electron.engine.faults.catalogue import *  # noqa: F403 (all of its names are public)

if not _typing.TYPE_CHECKING:

    def __getattr__(name: str) -> object:
        from mock_electron.engine.faults.other_names import no_such_fault
        from mock_electron.inputs.attributes import missing_name

        raise missing_name(no_such_fault(name, globals()), name)
