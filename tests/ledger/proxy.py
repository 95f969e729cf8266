"""A socket between client and server that can lose the server's answer."""

import select
import socket
import threading
from pathlib import Path

READY = b"Z\0\0\0\5"
"""PostgreSQL says that it is ready again only once the statement is committed."""


class CuttingProxy:
    """Passes everything on; when armed, the next answer is lost after the commit."""

    def __init__(self, folder: Path, server: Path, port: int) -> None:
        self.cut = 0
        self._armed = threading.Event()
        self._target = str(server / f".s.PGSQL.{port}")
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(str(folder / f".s.PGSQL.{port}"))
        self._listener.listen()
        self._threads = [threading.Thread(target=self._accept)]
        self._threads[0].start()

    def arm(self) -> None:
        self._armed.set()

    def close(self) -> None:
        """Listen no more; every client must have hung up."""
        self._listener.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join()
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            served = threading.Thread(target=self._serve, args=(client,))
            self._threads.append(served)
            served.start()

    def _serve(self, client: socket.socket) -> None:
        with client, socket.socket(socket.AF_UNIX) as server:
            server.connect(self._target)
            while True:
                ready, _, _ = select.select([client, server], [], [])
                data = ready[0].recv(65536)
                if not data:
                    return
                if ready[0] is client:
                    server.sendall(data)
                elif not self._armed.is_set():
                    client.sendall(data)
                elif data[-6:-1] == READY:
                    self._armed.clear()
                    self.cut += 1
                    return
