"""The rules, one module for each practice. All of them stand in one table."""

from collections.abc import Mapping
from typing import Final

from mock_electron.audit.rule import Rule
from mock_electron.audit.rules import (
    barge_in,
    cache_prefix,
    concurrency,
    connection,
    cost,
    filler,
    request_id,
    retry,
    seed,
    stream_usage,
    tool_descriptions,
    unsupported,
)

RULES: Final[Mapping[str, Rule]] = {
    rule.name: rule
    for rule in (
        cache_prefix.RULE,
        stream_usage.RULE,
        filler.RULE,
        concurrency.RULE,
        retry.RULE,
        request_id.RULE,
        tool_descriptions.RULE,
        seed.RULE,
        cost.RULE,
        barge_in.RULE,
        connection.RULE,
        unsupported.RULE,
    )
}
"""All rules by name."""
