"""The clauses, by section. A section has one or more modules."""

from typing import Final

from mock_electron.contract.clause import Clause
from mock_electron.contract.sections import (
    acceptance,
    endpoint,
    errors,
    limits,
    model_server,
    prefix_cache,
    reply,
    stream,
    stream_end,
    stream_of_calls,
    timing,
    tool_calls,
    usage,
    validation,
)

CLAUSES: Final[tuple[Clause, ...]] = (
    *endpoint.CLAUSES,
    *validation.CLAUSES,
    *acceptance.CLAUSES,
    *model_server.CLAUSES,
    *reply.CLAUSES,
    *tool_calls.CLAUSES,
    *stream.CLAUSES,
    *stream_end.CLAUSES,
    *stream_of_calls.CLAUSES,
    *usage.CLAUSES,
    *prefix_cache.CLAUSES,
    *errors.CLAUSES,
    *limits.CLAUSES,
    *timing.CLAUSES,
)
"""All clauses, in the order of a report."""
