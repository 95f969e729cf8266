"""What the quality tests read: the files that git knows, or would add."""

import subprocess
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("events", "matcher", "projections", "services", "bench")


@cache
def files() -> tuple[Path, ...]:
    """Return every file of the project: tracked ones, and new ones not ignored."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    names = sorted(set(listed.stdout.split("\0")) - {""})
    return tuple(ROOT / name for name in names if (ROOT / name).is_file())


def is_vendored(path: Path) -> bool:
    return "vendor" in path.relative_to(ROOT).parts


def modules() -> list[Path]:
    """Return the Python modules of the product, without tests and scripts."""
    return [
        path
        for path in files()
        if path.suffix == ".py" and path.relative_to(ROOT).parts[0] in PACKAGES
    ]


def texts() -> list[tuple[Path, str]]:
    """Return the project's own text files with their content."""
    found = []
    for path in files():
        content = path.read_bytes()
        if b"\0" not in content[:8_000] and not is_vendored(path):
            found.append((path, content.decode("utf-8", errors="replace")))
    return found


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))
