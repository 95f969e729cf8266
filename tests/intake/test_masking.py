import pytest

from services.intake.fields import PERSONAL
from services.intake.masking import masked


@pytest.mark.parametrize(
    ("field", "raw", "shown"),
    [
        ("beds", "2 (+2 Children)", "2 (+2 Children)"),
        ("beds", "ca. 3-4", "ca. 3-4"),
        ("postcode", "4021", "4021"),
        ("available.from", "25.03.1922", "25.03.1922"),
        ("household", "Mutter Olena 34 w", "Mutter ••• 34 w"),
        ("beds", "frag Erika", "•••"),
        ("beds", "0211 12 34 567", "•••"),
        ("beds", "a@b.de 2", "••• 2"),
        ("mail", "erika@example.org", "e•••"),
        ("phone", "+380 67", "•••"),
        ("contact", "erika@example.org", "e•••"),
        ("message", "Bitte\x07melden", "B•••"),
        ("beds", "3\x07", "3\ufffd"),
        ("beds", "", ""),
    ],
)
def test_a_report_shows_what_helps_and_nobodys_name(field, raw, shown):
    assert masked(field, raw) == shown


@pytest.mark.parametrize("field", [*sorted(PERSONAL), "beds", "household", "nonsense"])
@pytest.mark.parametrize(
    "secret",
    ["Erika Beispiel", "erika@example.org", "+49 211 4710001", "Musterstr. 12"],
)
def test_no_field_lets_a_secret_through(field, secret):
    shown = masked(field, secret)

    parts = [part for part in secret.replace("@", " ").split() if len(part) > 3]
    assert [part for part in parts if part in shown] == []
