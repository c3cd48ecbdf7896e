"""A transport that lets a client read the answer before its connection is closed.

Closing while the client still sends makes its system throw away an answer that it has not read yet. So the answer is
ended, and what still comes is taken and thrown away for a moment (nginx calls it lingering close).
"""

import asyncio
from collections.abc import Callable


class LingeringTransport(asyncio.Transport):
    """The transport of a connection.

    is_receiving: whether its client may still be sending; linger: called when it is, and the answer was ended.
    """

    def __init__(
        self, transport: asyncio.Transport, is_receiving: Callable[[], bool], linger: Callable[[], None]
    ) -> None:
        self._transport = transport
        self._is_receiving, self._linger = is_receiving, linger
        self.lingering = False
        # Instance attributes, so that what every answer calls costs no more than before.
        self.write = transport.write  # type: ignore[method-assign]
        self.get_extra_info = transport.get_extra_info  # type: ignore[method-assign]
        self.get_write_buffer_size = transport.get_write_buffer_size  # type: ignore[method-assign]
        self.pause_reading = transport.pause_reading  # type: ignore[method-assign]
        self.resume_reading = transport.resume_reading  # type: ignore[method-assign]

    def close(self) -> None:
        """End what is sent; close now, or when the client has ended as well (`finish`)."""
        if self.is_closing():
            return
        if not self._is_receiving() or not self._transport.can_write_eof():
            self._transport.close()
            return
        self.lingering = True
        self._transport.write_eof()
        self._linger()

    def is_closing(self) -> bool:
        """Whether nothing more is sent."""
        return self.lingering or self._transport.is_closing()

    def finish(self) -> None:
        """Close, whatever the client does."""
        self._transport.close()

    def abort(self) -> None:
        """Close at once; what was not taken is lost."""
        self._transport.abort()
