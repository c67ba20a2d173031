"""The control API of a server that a command starts: whether there is one, and its token."""

from typing import TYPE_CHECKING, Final

import click

if TYPE_CHECKING:
    from mock_electron.serve.app import ControlApp
    from mock_electron.serve.server import Server

LONGEST_TOKEN: Final = 1_000
"""The maximum length of a token, in characters."""
RANDOM_BYTES: Final = 24
"""The number of random bytes of a token that is not given."""


def check_token(_context: click.Context, option: click.Parameter, token: str | None) -> str | None:
    """Return a token. Raise UsageError if a header cannot contain it."""
    if token is None:
        return None
    is_sendable = token.isascii() and token.isprintable() and " " not in token
    if not is_sendable or not 0 < len(token) <= LONGEST_TOKEN:
        what = f"1 to {LONGEST_TOKEN} ASCII characters without spaces"
        raise click.UsageError(f"{option.opts[0]} must be {what}")  # the token stays secret
    return token


def check_control(control: bool, token: str | None, workers: int) -> None:
    """Raise UsageError if a token is given, but there will be no control API."""
    for option, is_without in (("--no-control", not control), ("--workers above 1", workers > 1)):
        if token is not None and is_without:
            raise click.UsageError(f"{option} cannot be used with --control-token")


def add_control(server: "Server", token: str | None, workers: int) -> str:
    """Give a server its control API, and return the token that callers need, or "".

    Without a token, a server that other machines can reach gets a random one.

    Args:
        server: The server.
        token: The token of the command line, or None.
        workers: The number of processes. With several, there is no control API: a request would
            reach one of them.
    """
    if workers > 1:
        return ""
    needed = token or ("" if server.is_local else _random_token())

    def control(server: "Server") -> "ControlApp":
        from mock_electron.control import open_control

        return open_control(server, needed)

    server.add_control(control)
    return needed


def _random_token() -> str:
    import secrets  # importing it takes time, and few servers need it

    return secrets.token_urlsafe(RANDOM_BYTES)


def page_of(server: "Server", token: str) -> str:
    """Return the URL of the page. A token is a part of it, and becomes a cookie."""
    from urllib.parse import quote

    from mock_electron.serve.app import CONTROL_PATH

    query = f"?token={quote(token, safe='')}" if token else ""
    return f"{server.url}{CONTROL_PATH}/{query}"
