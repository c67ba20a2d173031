"""5. Usage and the prefix cache."""

from mutants.breaking import breaks
from mutants.changes import nth, only_if, put, remove, reverse_keys, then
from mutants.conditions import all_true, has_key, system_starts_with
from mutants.mutant import Answer, Change, Mutant

CACHED = "usage.prompt_tokens_details.cached_tokens"
MANY = 9999


def without_tokens(answer: Answer) -> Answer:
    prompt = answer.json["usage"]["prompt_tokens"]
    return then(put("usage.completion_tokens", 0), put("usage.total_tokens", prompt))(answer)


def of_cache(clauses: str, description: str, probe: str, number: int, answer: Change) -> Mutant:
    """Return a mutant that changes the nth answer to a probe whose prompts start with a name."""
    return breaks(
        clauses, description, only_if(nth(number), answer), when=system_starts_with(f"{probe} ")
    )


MUTANTS = (
    breaks("usage.keys", "one more", put("usage.reasoning_tokens", 0)),
    breaks("usage.keys", "in another order", reverse_keys("usage")),
    breaks("usage.total", "one more", put("usage.total_tokens", lambda n: n + 1)),
    breaks("usage.counts", "a reply without tokens", without_tokens),
    breaks("usage.tools", "not counted", put("usage.prompt_tokens", 1), which=1),
    breaks("usage.length", "one fewer", put("usage.completion_tokens", 4)),
    breaks("usage.cached", "no details", put("usage.prompt_tokens_details", None)),
    breaks("usage.cached", "missing", remove(CACHED)),
    breaks("usage.cached", "null", put(CACHED, None)),
    of_cache("cache.cold", "16 for a new prompt", "Twice", 0, put(CACHED, 16)),
    of_cache("cache.warm cache.blocks cache.most", "never", "Twice", 1, put(CACHED, 0)),
    of_cache("cache.blocks cache.most", "to the token", "Twice", 1, put(CACHED, lambda n: n + 1)),
    of_cache("cache.most", "a block fewer", "Twice", 1, put(CACHED, lambda n: n - 16)),
    of_cache("cache.character", "any beginning", "abc", 0, put(CACHED, MANY)),
    of_cache("cache.order", "any order", "Order", 2, put(CACHED, MANY)),
    of_cache("cache.prefix", "only whole prompts", "Tail", 1, put(CACHED, 0)),
    of_cache("cache.users", "one for each user", "Users", 1, put(CACHED, 0)),
    of_cache("cache.reply", "only prompts", "Turns", 1, put(CACHED, 16)),
    breaks(
        "cache.account",
        "one for all",
        put(CACHED, 16),
        when=all_true(has_key("sk_mock_other"), system_starts_with("Accounts ")),
    ),
    of_cache("cache.idle", "never forgotten", "Idle", 2, put(CACHED, 16)),
)
