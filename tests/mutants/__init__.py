"""Mutants: servers that each break a promise of the contract, to show that its checks can fail."""

from mutants import (
    acceptance,
    endpoint,
    errors,
    limits,
    reply,
    stream,
    stream_of_calls,
    timing,
    tool_calls,
    usage,
    validation,
)

MUTANTS = (
    *endpoint.MUTANTS,
    *validation.MUTANTS,
    *acceptance.MUTANTS,
    *reply.MUTANTS,
    *tool_calls.MUTANTS,
    *stream.MUTANTS,
    *stream_of_calls.MUTANTS,
    *usage.MUTANTS,
    *errors.MUTANTS,
    *limits.MUTANTS,
    *timing.MUTANTS,
)
