"""`EventStream`: the response of sse-starlette, without its handling of the end of the process."""

import anyio
from sse_starlette import EventSourceResponse


class EventStream(EventSourceResponse):
    """A stream of server-sent events that ends when its connection does."""

    @staticmethod
    async def _listen_for_exit_signal() -> None:
        """Never return: the server ends its streams itself, by aborting their connections.

        The library's own state belongs to the process, not to a server, and is never reset.
        """
        await anyio.sleep_forever()
