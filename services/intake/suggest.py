"""Draft a mapping profile for a file nobody has read before.

Headings that a known profile has are taken over; the rest stand as comments with what
their cells look like, never with what stands in them.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path

from services.intake.fields import FIELDS
from services.intake.files import FileRefused, Form, form_of
from services.intake.messages import first_objects
from services.intake.parse import is_blank, postcode, yes_no
from services.intake.profile import Profile, heading_key
from services.intake.reach import mail
from services.intake.tables import Line, tables
from services.intake.when import day

_SAMPLE = 200
_FEWEST = 2
MONTHS = 12
_SLASHED = re.compile(r"(\d{1,2})/(\d{1,2})/\d{4}")
_TESTS: tuple[tuple[str, Callable[[str], bool]], ...] = (
    ("yes or no", lambda cell: yes_no(cell).value is not None),
    ("mail addresses", lambda cell: mail(cell).reason is None),
    ("postcodes", lambda cell: postcode(cell).value is not None),
    ("dates", lambda cell: day(cell, "dmy").value is not None),
    ("numbers", lambda cell: cell.strip().isdecimal()),
)
Sample = tuple[tuple[str, ...], list[tuple[str, ...]]]


def suggest(
    path: Path, profiles: Mapping[str, Profile], name: str | None = None
) -> str:
    """Return a profile as TOML, to be read and mended. Raises `FileRefused`."""
    headings, rows = _sample(path)
    known = _known(profiles)
    guessed = {
        heading: known[key]
        for heading in headings
        if (key := heading_key(heading)) in known
    }
    columns = list(_columns(headings, guessed, rows))
    nearest = _nearest(profiles, headings)
    called = re.sub(r"[^a-z0-9]+", "-", (name or path.stem).lower()).strip("-")
    fields = set(guessed.values())
    return "\n".join(
        [
            f"# Drafted from {len(rows)} rows: read each line before you use it.",
            f"# Fields: {', '.join(sorted(FIELDS))}",
            'format = "beistand-profile.v1"',
            f'name = "{called or "mine"}"',
            "version = 1",
            f'about = "{nearest.about}"',
            f'case = "{nearest.case}"',
            f'channel = "{called or "mine"}"',
            _dates(rows),
            f"row_key = {_row_key(fields)}",
            *_as_nearest(nearest),
            "columns = [",
            *columns,
            "]",
            "",
        ]
    )


def _sample(path: Path) -> Sample:
    form = form_of(path)
    if form is Form.JSON:
        return first_objects(path, _SAMPLE)
    for table in tables(path, form, path.name):
        lines = [line for line in islice(table.lines, _SAMPLE) if not line.is_empty]
        found = _headed(lines)
        if found is not None:
            return found
    raise FileRefused(f"{path.name} has no line of headings; add one and try again.")


def _headed(
    lines: Sequence[Line],
) -> tuple[tuple[str, ...], list[tuple[str, ...]]] | None:
    """The headings are the first line with as many cells as the widest has."""
    filled = [sum(bool(cell.strip()) for cell in line.cells) for line in lines]
    if not filled or max(filled) < _FEWEST:
        return None
    place = next(n for n, count in enumerate(filled) if count >= max(filled) / 2)
    return lines[place].cells, [line.cells for line in lines[place + 1 :]]


def _known(profiles: Mapping[str, Profile]) -> dict[str, str]:
    """Return heading → field over all profiles, halves of bilingual ones included."""
    found: dict[str, str] = {}
    for profile in profiles.values():
        for column in profile.columns:
            for part in (column.heading, *column.heading.split(" / ")):
                found.setdefault(heading_key(part), column.to)
    return found


def _columns(
    headings: Sequence[str], guessed: Mapping[str, str], rows: Sequence[tuple[str, ...]]
) -> Iterator[str]:
    taken: set[str] = set()
    for place, heading in enumerate(headings):
        if not heading.strip():
            continue
        shown = heading.strip().replace("\\", "\\\\").replace('"', '\\"')
        field = guessed.get(heading)
        if field is not None and field not in taken:
            required = "" if taken else ", required = true"
            taken.add(field)
            yield f'  {{ heading = "{shown}", to = "{field}"{required} }},'
        else:
            looks = _looks([row[place] for row in rows if place < len(row)])
            yield f'  # {{ heading = "{shown}", to = "?" }},  # {looks}'
    if not taken:
        yield '  # At least one line must say: to = "...", required = true'


def _looks(cells: Sequence[str]) -> str:
    filled = [cell for cell in cells if not is_blank(cell[:100])]
    if not filled:
        return "empty"
    fitting = (name for name, fits in _TESTS if all(fits(cell) for cell in filled))
    return next(fitting, "text")


def _dates(rows: Sequence[tuple[str, ...]]) -> str:
    """Declare the order of dates where the cells leave one only."""
    cells = [cell for row in rows for cell in row]
    slashed = [
        f for cell in cells if (f := re.match(r"(\d{1,2})/(\d{1,2})/\d{4}", cell))
    ]
    first_over = any(int(each[1]) > MONTHS for each in slashed)
    second_over = any(int(each[2]) > MONTHS for each in slashed)
    if first_over == second_over:
        return '# dates = "dmy"  # or "mdy", "ymd": for dates such as 04/05/2022'
    return f'dates = "{"dmy" if first_over else "mdy"}"'


def _row_key(fields: set[str]) -> str:
    own = [name for name in ("reference", "submitted") if name in fields]
    if own:
        return f'[["{own[0]}"], ["contact", "postcode", "street"]]'
    return '[["contact", "postcode", "street"]]'


def _as_nearest(nearest: Profile) -> Iterator[str]:
    """What the nearest profile says of the whole sheet."""
    if nearest.grouped:
        yield "grouped = true"
    if nearest.always:
        told = ", ".join(f'{name} = "{code}"' for name, code in nearest.always.items())
        yield f"always = {{ {told} }}"


def _nearest(profiles: Mapping[str, Profile], headings: Sequence[str]) -> Profile:
    keys = {heading_key(heading) for heading in headings}

    def shared(profile: Profile) -> int:
        own = {
            heading_key(part)
            for column in profile.columns
            for part in (column.heading, *column.heading.split(" / "))
        }
        return len(own & keys)

    return max(profiles.values(), key=lambda profile: (shared(profile), profile.name))
