"""A wire between clients and a server that fails as networks do, when it is told to.

Cut: both ends are reset. Vanish: both ends go without a word, as when a machine loses
its power; each side learns of it only when it speaks again. Hold: nothing passes for a
while, and nobody is told. Delay: everything comes late. Lose: what was asked is done,
and the answer never comes.
"""

import asyncio
import contextlib
import socket
import struct
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from pathlib import Path
from typing import TypeVar

from tests.torture.speech import Speech

Address = Path | tuple[str, int]
"""A socket's file, or host and port."""
TCP_REPAIR = 19
RESET = struct.pack("ii", 1, 0)
T = TypeVar("T")
_Ends = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class Wires:
    """The loop, in a thread of its own, that all wires of a run live in."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(
            target=self._loop.run_forever, name="wires", daemon=True
        )
        self._thread.start()
        self._all: list[Wire] = []

    def between(
        self, listen: Address, target: Address, speech: Callable[[], Speech]
    ) -> "Wire":
        """Listen at one address and pass on to the other."""
        wire = Wire(target, speech, self._loop)
        self.do(wire.open(listen))
        self._all.append(wire)
        return wire

    def do(self, what: Coroutine[object, object, T]) -> T:
        """Let the loop do it and wait until it has."""
        done: Future[T] = asyncio.run_coroutine_threadsafe(what, self._loop)
        return done.result(10)

    def close(self) -> None:
        """Cut everything and listen no more."""
        for wire in self._all:
            self.do(wire.shut())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()


class Wire:
    """One listening end and all connections through it. May be told from any thread."""

    def __init__(
        self,
        target: Address,
        speech: Callable[[], Speech],
        loop: asyncio.AbstractEventLoop,
    ) -> None:
        self.lost = 0
        """Answers that never came, so far."""
        self.port = 0
        self._target, self._speech, self._loop = target, speech, loop
        self._pairs: dict[_Pair, asyncio.Task[None]] = {}
        self._losing: str | None = None
        self._late = 0.0
        self._ended = False
        self._open = asyncio.Event()
        self._open.set()

    def cut(self) -> None:
        """Reset all connections; new ones are welcome."""
        self._tell(lambda: self._end(_reset))

    def vanish(self) -> None:
        """Let all connections go without a word to either side."""
        self._tell(lambda: self._end(_silent))

    def hold(self) -> None:
        """Let nothing pass until `pass_on`."""
        self._tell(self._open.clear)

    def delay(self, seconds: float) -> None:
        """Let everything come late until `pass_on`."""

        def late() -> None:
            self._late = seconds

        self._tell(late)

    def pass_on(self) -> None:
        """End what `hold` and `delay` began."""

        def well() -> None:
            self._late = 0.0
            self._open.set()

        self._tell(well)

    def lose(self, answer: str) -> None:
        """Lose the next answer of this name, and the connection with it."""

        def armed() -> None:
            self._losing = answer

        self._tell(armed)

    async def open(self, listen: Address) -> None:
        """Begin to listen."""
        match listen:
            case Path():
                self._server = await asyncio.start_unix_server(self._serve, listen)
            case host, port:
                self._server = await asyncio.start_server(self._serve, host, port)
                self.port = self._server.sockets[0].getsockname()[1]

    async def shut(self) -> None:
        """End all connections and listen no more."""
        self._server.close()
        self._ended = True
        self._open.set()
        tasks = list(self._pairs.values())
        self._end(_reset)
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._server.wait_closed()

    def _tell(self, what: Callable[[], None]) -> None:
        self._loop.call_soon_threadsafe(what)

    def _end(self, how: Callable[[asyncio.StreamWriter], None]) -> None:
        for pair, task in list(self._pairs.items()):
            pair.end(how)
            task.cancel()

    async def _serve(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        far = await self._reached()
        if far is None:
            _reset(writer)
            return
        pair = _Pair((reader, writer), far, self._speech())
        task = asyncio.ensure_future(self._carry(pair))
        self._pairs[pair] = task
        with contextlib.suppress(asyncio.CancelledError):
            await task
        del self._pairs[pair]

    async def _reached(self) -> _Ends | None:
        """Reach the server; None when it is not there, or the run has ended."""
        await self._open.wait()
        if self._ended:
            return None
        try:
            if isinstance(self._target, Path):
                return await asyncio.open_unix_connection(self._target)
            return await asyncio.open_connection(*self._target)
        except OSError:
            return None

    async def _carry(self, pair: "_Pair") -> None:
        """Carry both ways until one side ends, then end the other."""
        ways = [
            asyncio.ensure_future(self._there(pair)),
            asyncio.ensure_future(self._back(pair)),
        ]
        try:
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for way in ways:
                way.cancel()
            await asyncio.gather(*ways, return_exceptions=True)
            pair.end(_hang_up)

    async def _there(self, pair: "_Pair") -> None:
        while data := await _heard(pair.client[0]):
            await self._passing()
            pair.speech.asks(data)
            await _said(pair.server[1], data)

    async def _back(self, pair: "_Pair") -> None:
        while data := await _heard(pair.server[0]):
            await self._passing()
            for frame, answer in pair.speech.answers(data):
                if answer and answer == self._losing:
                    self._losing, self.lost = None, self.lost + 1
                    pair.end(_reset)
                    return
                await _said(pair.client[1], frame)

    async def _passing(self) -> None:
        await self._open.wait()
        if self._late:
            await asyncio.sleep(self._late)


class _Pair:
    """The two halves of one connection."""

    def __init__(
        self,
        client: _Ends,
        server: _Ends,
        speech: Speech,
    ) -> None:
        self.client, self.server, self.speech = client, server, speech
        self._ended = False

    def end(self, how: Callable[[asyncio.StreamWriter], None]) -> None:
        if not self._ended:
            self._ended = True
            how(self.client[1])
            how(self.server[1])


async def _heard(reader: asyncio.StreamReader) -> bytes:
    try:
        return await reader.read(65_536)
    except OSError:
        return b""


async def _said(writer: asyncio.StreamWriter, data: bytes) -> None:
    writer.write(data)
    with contextlib.suppress(OSError):
        await writer.drain()


def _hang_up(writer: asyncio.StreamWriter) -> None:
    writer.close()


def _reset(writer: asyncio.StreamWriter) -> None:
    _set(writer, socket.SOL_SOCKET, socket.SO_LINGER, RESET)
    writer.transport.abort()


def _silent(writer: asyncio.StreamWriter) -> None:
    """Close without telling the other side, where the kernel lets us (root only)."""
    try:
        _set(writer, socket.IPPROTO_TCP, TCP_REPAIR, 1)
    except PermissionError:
        _reset(writer)
        return
    writer.transport.abort()


def _set(
    writer: asyncio.StreamWriter, level: int, option: int, value: int | bytes
) -> None:
    end: socket.socket = writer.get_extra_info("socket")
    if option != TCP_REPAIR or end.family != socket.AF_UNIX:
        end.setsockopt(level, option, value)
