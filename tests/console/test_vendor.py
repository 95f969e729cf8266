"""What comes from others is served as it came."""

from hashlib import sha256
from pathlib import Path

VENDOR = Path("services/console/static/vendor")


def test_no_byte_of_it_was_changed():
    lines = (VENDOR / "SHA256SUMS").read_text().splitlines()
    told = {name: digest for digest, _, name in (s.partition("  ") for s in lines)}
    found = {
        path.relative_to(VENDOR).as_posix(): sha256(path.read_bytes()).hexdigest()
        for path in VENDOR.glob("*/*")
    }

    assert found == told


def test_our_style_asks_no_other_place():
    style = (VENDOR.parent / "desk.css").read_text()

    assert "http" not in style
    assert "@import" not in style
