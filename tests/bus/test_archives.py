import functools
import http.server
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from services.bus import archives
from services.bus.errors import NotFetched


@pytest.fixture
def mirror(tmp_path, monkeypatch):
    """An office's own mirror of Maven Central, which holds what was fetched before."""
    kept = archives.fetch()
    root = tmp_path / "mirror"
    for one in archives.locked():
        place = root.joinpath(*one.group.split("."), one.artifact, one.version)
        place.mkdir(parents=True)
        (place / one.file).symlink_to(kept / one.file)
    serve = functools.partial(Silent, directory=root)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), serve) as server:
        threading.Thread(target=server.serve_forever).start()
        _point(tmp_path, monkeypatch, server.server_port)
        yield root
        server.shutdown()


class Silent(http.server.SimpleHTTPRequestHandler):
    def log_message(self, format, *args):  # noqa: A002 - the library names it
        pass


def _point(tmp_path, monkeypatch, port):
    own = tmp_path / "jgo.conf"
    own.write_text(f"[repositories]\ncentral = http://127.0.0.1:{port}\n")
    monkeypatch.setenv("JGO_CONFIG_FILE", str(own))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)


def test_every_archive_is_fetched_and_nothing_else_is_left(mirror, tmp_path):
    place = archives.fetch()

    assert place == tmp_path / "cache" / "beistand" / f"kafka-{archives.VERSION}"
    assert {file.name for file in place.iterdir()} == {
        one.file for one in archives.locked()
    }
    assert {file.name for file in place.parent.iterdir()} == {place.name, "lock"}


def test_an_archive_that_is_not_the_tested_one_is_refused(mirror):
    [*_, last] = archives.locked()
    (changed,) = mirror.rglob(last.file)
    content = changed.read_bytes()
    changed.unlink()
    changed.write_bytes(content[:-1] + b"?")

    with pytest.raises(NotFetched, match="is not the archive that was tested"):
        archives.fetch()

    assert not archives.folder().exists()


def test_an_unreachable_registry_is_said_with_the_command_that_helps(
    tmp_path, monkeypatch
):
    _point(tmp_path, monkeypatch, 1)

    ended = subprocess.run(
        [Path(sys.executable).with_name("beistand"), "kafka", "fetch"],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )

    assert ended.returncode == 1
    assert "could not be fetched" in ended.stderr
    assert "\n  beistand kafka fetch\n" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_two_who_fetch_at_once_fetch_once(mirror):
    began = threading.Barrier(2)
    found = []

    def ask():
        began.wait()
        found.append(archives.fetch())

    both = [threading.Thread(target=ask) for _ in range(2)]
    for one in both:
        one.start()
    for one in both:
        one.join()

    assert found == [archives.folder()] * 2


def test_the_lock_names_what_is_asked_for_and_one_version_of_each():
    named = [f"{one.group}:{one.artifact}:{one.version}" for one in archives.locked()]
    projects = [name.rpartition(":")[0] for name in named]

    assert set(archives.ROOTS) <= set(named)
    assert len(set(projects)) == len(projects)
