"""Requests that arrive after their test has ended, as warnings of that test.

The warning obeys the filters of the test that the request belongs to. If the test that runs when
the request arrives catches all warnings, as with `pytest.warns`, it gets the warning instead.
"""

import warnings
from collections.abc import Sequence
from typing import Any, Final, NamedTuple

import pytest

from mock_electron.serve.lanes import LateRequest
from mock_electron.serve.server import Server
from mock_electron.testing.categories import LateRequestWarning

OWNERS: Final["pytest.StashKey[dict[str, Owner]]"] = pytest.StashKey()
"""The tests that have closed their lanes, by id."""
CATCH_ALL: Final = tuple((action, None, Warning, None, 0) for action in ("always", "default"))
"""The filters that `pytest.warns` and `recwarn` add."""
Filters = tuple[tuple[Any, ...], ...]


class Owner(NamedTuple):
    """A test that has ended.

    Attributes:
        file: The path of its file.
        line: The number of its first line, from 1.
        name: Its name.
        filters: The warning filters at its end.
    """

    file: str
    line: int
    name: str
    filters: Filters


def remember(item: pytest.Item | pytest.Session) -> None:
    """Keep the location and the filters of a test or of the whole run, for its late requests."""
    _, line, name = item.location if isinstance(item, pytest.Item) else ("", 0, "the run")
    filters = tuple(map(tuple, warnings.filters))
    known = item.config.stash.setdefault(OWNERS, {})
    latest = next(reversed(known.values())).filters if known else ()
    shared = latest if latest == filters else filters  # nearly all tests have the same filters
    known[item.nodeid] = Owner(str(item.path), (line or 0) + 1, name, shared)


def warn_current_test(config: pytest.Config, late: LateRequest) -> bool:
    """Warn in the test that runs now, if it catches all warnings. Return whether it does."""
    owner = config.stash[OWNERS][late.owner]
    newest = tuple(next(iter(warnings.filters), ()))
    is_catching = newest in CATCH_ALL and (newest,) != owner.filters[:1]
    if is_catching:
        _warn(late, owner)
    return is_catching


def report_late_requests(config: pytest.Config, server: Server) -> list[str]:
    """Report each late request as a warning of the test whose lane it was sent to.

    Returns:
        The warnings that a filter turns into errors.
    """
    errors: list[str] = []
    for late in server.late_requests():
        owner = config.stash[OWNERS][late.owner]
        try:
            with warnings.catch_warnings(record=True) as caught:
                _set_filters(owner.filters)
                _warn(late, owner)
        except LateRequestWarning as error:
            errors.append(f"{owner.file}:{owner.line}: LateRequestWarning: {error}")
        else:
            _record(config, late, owner, caught)
    return errors


def _warn(late: LateRequest, owner: Owner) -> None:
    message = (
        f"{late.method} {late.path} arrived after the test had ended, and got a 410: does its "
        f"client outlive {owner.name}?"
    )
    warnings.warn_explicit(message, LateRequestWarning, owner.file, owner.line, registry={})


def _set_filters(filters: Filters) -> None:
    warnings.resetwarnings()
    for action, message, category, module, line in filters:
        patterns = [getattr(pattern, "pattern", pattern) or "" for pattern in (message, module)]
        warnings.filterwarnings(action, patterns[0], category, patterns[1], line, append=True)


def _record(
    config: pytest.Config,
    late: LateRequest,
    owner: Owner,
    caught: Sequence[warnings.WarningMessage],
) -> None:
    for warning in caught:
        config.hook.pytest_warning_recorded.call_historic(
            kwargs={
                "warning_message": warning,
                "when": "runtest",
                "nodeid": late.owner,
                "location": (owner.file, owner.line, owner.name),
            }
        )
