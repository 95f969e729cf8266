"""The port of a process, taken before the process begins its work.

Whoever took it last would find out by a line of a library, after the desk was
announced: so it is taken first, and a port that cannot be had is a sentence.
"""

import errno
import socket
from collections.abc import Iterator
from contextlib import contextmanager

from services.settings import Settings


class PortTaken(RuntimeError):
    """Nobody could be answered: the port is another program's, or none of ours."""


@contextmanager
def door(settings: Settings) -> Iterator[socket.socket]:
    """Hold the desk's port, bound and not yet listening: who comes early is refused.

    Raises `PortTaken`.
    """
    address = str(settings.host), settings.port
    with socket.socket() as held:
        held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            held.bind(address)
        except OSError as error:
            raise not_had(*address, error, "choose another with --port") from error
        yield held


def not_had(host: str, port: int, error: OSError, advice: str) -> PortTaken:
    """Return the sentence about a port that could not be had."""
    if error.errno == errno.EADDRINUSE:
        return PortTaken(
            f"Another program uses port {port} on {host}; end it, or {advice}."
        )
    return PortTaken(
        f"Port {port} on {host} cannot be opened ({error.strerror}); {advice}."
    )
