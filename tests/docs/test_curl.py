"""Where a machine has no curl, the documents' examples find one that does as much."""

import subprocess
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from tests.docs.examples import with_curl


class Echo(BaseHTTPRequestHandler):
    """Says what it was told; knows nothing of /none."""

    def do_GET(self):
        self.answer(404 if self.path == "/none" else 200, self.path)

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.answer(200, f"{self.headers['ce-id']} {body}")

    def answer(self, status, text):
        self.send_response(status)
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, *_):
        """Say nothing."""


@pytest.fixture
def address():
    with HTTPServer(("127.0.0.1", 0), Echo) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.mark.parametrize(
    ("words", "ends", "says"),
    [
        (["-s", "/a%2Fb"], 0, "/a%2Fb"),
        (["-s", "/", "-H", "ce-id: 4711", "-d", "Käse"], 0, "4711 Käse"),
        (["-s", "/none"], 0, "/none"),
        (["-sf", "/none"], 22, ""),
    ],
)
def test_it_answers_as_curl_does(tmp_path, address, words, ends, says):
    path = with_curl(tmp_path, "/nowhere")

    told = [f"{address}{word}" if word.startswith("/") else word for word in words]
    done = subprocess.run(
        [f"{path.split(':')[0]}/curl", *told],
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.returncode, done.stdout) == (ends, says)


def test_curl_itself_is_taken_where_it_is(tmp_path):
    (tmp_path / "curl").touch(mode=0o755)

    assert with_curl(tmp_path / "not made", str(tmp_path)) == str(tmp_path)
