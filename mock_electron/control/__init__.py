"""The control API below `/_mock/`: what `electron` can do, over HTTP.

It is a Starlette application of its own. It knows the lanes of a server and acts on each through
`Electron`, the interface of a test.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mock_electron.serve.app import ControlApp
    from mock_electron.serve.server import Server


def open_control(server: "Server", token: str = "") -> "ControlApp":
    """Return the control API of a server. Its modules are imported now, and not before.

    Args:
        server: The server.
        token: The token that callers must have; "" for none.
    """
    from mock_electron.control.application import application

    return application(server, token)
