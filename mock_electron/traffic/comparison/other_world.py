"""What may be different in another world: the options of `Exchanges.what_if`."""

from collections.abc import Sequence
from pathlib import Path
from typing import TypedDict

from mock_electron.engine.pace import Pace, PaceName
from mock_electron.engine.plan import Plan, PlanName
from mock_electron.traffic.rates import Rates
from mock_electron.what_if.moving import Wanted


class OtherWorld(TypedDict, total=False):
    """What is different in another world. What is not given stays as it was.

    Attributes:
        plan: The limits: a name, text such as "50/2", or a `Plan`.
        pace: How fast replies are sent: a name such as "p95", text such as "174:5", or a `Pace`.
        accounts: Groups of API keys that share an account.
        prefix_cache_tokens: How many tokens the prefix cache holds; 0 disables it.
        prefix_cache_idle: Seconds after which it drops an unused block.
        chunk_tokens: How many tokens a chunk of a stream carries.
        accept_json_schema: Whether `response_format` json_schema is accepted.
        refuse_broken_arguments: Whether calls in the history whose arguments are no JSON are
            refused.
        move: A text of the prompt, or a regular expression, that is taken out of its place and put
            at the end of the system messages.
        last: Whether it is put at the end of the prompt instead.
        max_tokens: Replies have at most this many tokens.
        without_tools: Names of tools that are not offered.
        stream: Whether replies are streamed.
        include_usage: Whether streams end with a usage chunk.
        rates: What tokens cost: `Rates`, text such as "0.4:0.1:1.6", a file, or "example".
    """

    plan: PlanName | Plan | str
    pace: PaceName | Pace | str
    accounts: Sequence[str | Sequence[str]]
    prefix_cache_tokens: int
    prefix_cache_idle: float
    chunk_tokens: int
    accept_json_schema: bool
    refuse_broken_arguments: bool
    move: Wanted
    last: bool
    max_tokens: int
    without_tools: str | Sequence[str]
    stream: bool
    include_usage: bool
    rates: Rates | str | Path
