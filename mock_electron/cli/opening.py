"""Open a server as options describe it: its lane, its sockets, and the lines at its start."""

import errno
import socket
import sys
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, Final

import click
from msgspec import Struct

from mock_electron.cli.configured import STANDARD_INPUT, file_of, is_given
from mock_electron.cli.control import add_control, check_control, page_of
from mock_electron.cli.hidden import hidden
from mock_electron.cli.script_files import known_contents, replace_script, require_watch
from mock_electron.cli.start import collect_garbage
from mock_electron.engine.keys import KEYS_WITH_A_PLAN
from mock_electron.engine.lane import Lane
from mock_electron.engine.plan import plan_of
from mock_electron.engine.settings import Settings
from mock_electron.inputs.spelling import escaped
from mock_electron.outputs.redaction import shown_end
from mock_electron.wire.request import BASE_PATH

if TYPE_CHECKING:
    from mock_electron.scripts.watch import Known
    from mock_electron.serve.server import Server

HINT_HEADER: Final = b"x-mock-electron-hint"
FROZEN_HINT: Final = b"the clock is frozen, so this minute does not end; use --clock real"
FROZEN_WARNING: Final = (
    "Warning: the clock is frozen, so the limit of {limit} requests per minute is never lifted: "
    "after {limit} requests, a key gets 429 until the server is restarted. "
    "Use --clock real, or a key such as sk_mock_unlimited."
)
EXAMPLE_KEY: Final = "sk_mock"
WRONG_HOST: Final = " Use --host 127.0.0.1, or --host 0.0.0.0 for all addresses."
ADVICE: Final = {
    errno.EADDRINUSE: " Use --port 0 for a free port.",
    errno.EACCES: " Use a port above 1023.",
    errno.EADDRNOTAVAIL: WRONG_HOST,
}
"""What to do about an error of the system, by its number."""


class Opened(Struct, frozen=True):
    """A server that listens and has not yet been run.

    Attributes:
        server: The server.
        lane: Its default lane.
        known: The script files to watch, as they were before they were read.
        warnings: The lines for standard error.
        page: The URL of the page of the control API, or "".
        token: The token that the control API needs, or "".
    """

    server: "Server"
    lane: Lane
    known: "Known"
    warnings: Sequence[str]
    page: str
    token: str


def hosts_of(context: click.Context, hosts: tuple[str, ...], uds: str | None) -> tuple[str, ...]:
    """Return the hosts to listen on. A Unix socket replaces the default host."""
    is_chosen = is_given(context, "hosts") or is_given(context, "port")
    return () if uds and not is_chosen else hosts


def opened(
    hosts: tuple[str, ...],
    port: int,
    uds: str | None,
    scripts: tuple[str, ...],
    watch: bool,
    workers: int,
    control: bool,
    control_token: str | None,
    settings: dict[str, Any],
) -> Opened:
    """Return a server that listens, or end the command with the reason.

    Args:
        hosts: The hosts; none if there is only a Unix socket.
        port: The port.
        uds: The path of a Unix socket, or None.
        scripts: The script files.
        watch: Whether they are watched.
        workers: The number of processes.
        control: Whether there is a control API.
        control_token: The token that it needs, or None.
        settings: The settings of the lane.
    """
    check_control(control, control_token, workers)
    if watch and not scripts:
        raise click.UsageError("--watch needs a script file: add --script FILE")
    if watch and STANDARD_INPUT in scripts:
        raise click.UsageError("--watch cannot watch --script -, which is standard input")
    if watch:
        require_watch()
    lane = _lane(_settings(settings), workers)
    # Before the files are read, so that no change is missed.
    known = known_contents(scripts) if watch else {}
    if scripts:
        replace_script(lane, scripts)
    server = _server(lane, hosts, port, uds or "")
    token = add_control(server, control_token, workers) if control else ""
    shown = "" if control_token else token  # whoever gave it knows it
    page = page_of(server, shown) if server.app.control else ""
    collect_garbage()
    return Opened(server, lane, known, tuple(_warnings(server, lane, hosts)), page, token)


def _lane(settings: Settings, workers: int) -> Lane:
    """Return the lane, or end the command if several workers cannot have such lanes."""
    if workers == 1:
        return Lane(settings)
    from mock_electron.cli.workers import WorkerLane, check_settings

    check_settings(settings)
    return WorkerLane(settings)


def _settings(options: dict[str, Any]) -> Settings:
    try:
        settings = Settings(**options)
    except ValueError as error:
        raise click.UsageError(str(error)) from error
    _check_accounts(settings)
    return settings


def _check_accounts(settings: Settings) -> None:
    """Raise UsageError if an account has a key that is not accepted."""
    for position, group in enumerate(settings.accounts, 1):
        for number, key in enumerate(group, 1):
            if settings.api_keys and key not in settings.api_keys:
                place = f"key {number} of group {position} always gets 401"
                raise click.UsageError(
                    f"--account must have keys of --api-key, got {shown_end(key)!r}; {place}"
                )


def _server(lane: Lane, hosts: tuple[str, ...], port: int, path: str) -> "Server":
    """Return a server that listens, or end the command with the reason."""
    with hidden("watchfiles"):  # uvicorn imports it for a reloader that is not used here
        from mock_electron.serve.server import Server

    try:
        return Server(lane, hosts, port, path)
    except OSError as error:
        raise click.ClickException(_cannot_listen(error, port, path)) from error
    except ValueError as error:
        raise click.UsageError(str(error)) from error


def _cannot_listen(error: OSError, port: int, path: str) -> str:
    reason = str(error.strerror).partition(" (")[0]  # without the address that Python adds
    if path and error.filename == path:
        return f"cannot listen on {escaped(path)}: {reason}"
    unknown_host = isinstance(error, socket.gaierror)
    advice = WRONG_HOST if unknown_host else ADVICE.get(error.errno or 0, "")
    message = f"cannot listen on {error.filename} port {port}: {reason}"
    return f"{message}{'.' if advice else ''}{advice}"


# --- lines


def _warnings(server: "Server", lane: Lane, hosts: Sequence[str]) -> Iterator[str]:
    """Yield the warnings at the start. If the clock is frozen, prepare the hint of a 429 too."""
    if not server.is_local:
        from mock_electron.serve.browser import is_loopback

        reached = [host for host in hosts if not is_loopback(host)] or hosts
        shown = ", ".join(reached)
        open_to_all = "and the chat endpoint has no access control"
        yield f"Warning: other machines can reach {shown}, {open_to_all}."
    if lane.clock.frozen:
        lane.rate_limit_headers = ((HINT_HEADER, FROZEN_HINT),)
        limit = plan_of(lane.settings.plan).requests_per_minute
        if limit is not None:
            yield FROZEN_WARNING.format(limit=limit)


def start_lines(found: Opened, context: click.Context) -> Iterator[str]:
    """Yield the line to copy, the other addresses and, on a terminal, where to find more.

    The page is also shown if it needs a token that nobody knows.
    """
    server, keys = found.server, found.lane.settings.api_keys
    url, is_terminal = server.base_url, sys.stdout is not None and sys.stdout.isatty()
    shown = shown_end(keys[0]) if keys else EXAMPLE_KEY
    socket_path = f"  (Unix socket {escaped(server.path)})" if server.path else ""
    yield f'{url}  ->  OpenAI(base_url="{url}", api_key="{shown}"){socket_path}'
    for other in server.urls[1:]:
        yield f"Also at {other}{BASE_PATH}"
    if found.page and (is_terminal or found.token):
        yield f"Inspector and control API: {found.page}"
    if is_terminal:
        accepted = (
            "Only the keys of --api-key are accepted" if keys else "Every API key is accepted"
        )
        plans = ", ".join(KEYS_WITH_A_PLAN)
        yield f"{accepted}; {plans} have their own limits."
        yield f"The endpoint as OpenAPI: {server.url}/openapi.json"
        if file_of(context):
            yield f"Options from {escaped(file_of(context))}"
        yield "All options: mock-electron serve --help"
        yield "Press Ctrl-C to stop."
