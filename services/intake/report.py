"""What became of a file: counts, and each field that a person must look at."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from services.intake.cells import Asked
from services.intake.draft import Aside, Drafted
from services.intake.led import Led
from services.intake.masking import masked
from services.intake.reasons import Reason

MOST_ROWS = 5_000
_SHOWN = (
    "read", "taken", "unchanged", "amended", "set_aside", "open_questions",
    "duplicates",
)  # fmt: skip
_BESIDE = ("missing", "rows_left_out")
_COUNTS = (*_SHOWN, *_BESIDE)
_SEEN = ("unused_columns", "unread_sheets")


@dataclass(frozen=True)
class RowFault:
    """A field of a row that needs a person. `reason` says what to do."""

    row: int
    field: str
    value: str
    """What stood there, masked."""
    reason: str
    file: str = ""
    """In which of several files; empty when there is one only."""


@dataclass
class Report:
    """Counts add up: read = taken + unchanged + amended + set aside.

    Nothing is counted as taken, amended or set aside before it was committed, unless
    `is_dry_run` says that nothing was written at all.
    """

    called: str = ""
    profile: str = ""
    is_dry_run: bool = False
    read: int = 0
    taken: int = 0
    unchanged: int = 0
    amended: int = 0
    set_aside: int = 0
    open_questions: int = 0
    duplicates: int = 0
    missing: int = 0
    """Rows of earlier files of the channel that are not in this one. Told, no more."""
    rows: list[RowFault] = field(default_factory=list)
    rows_left_out: int = 0
    """Faults beyond `MOST_ROWS`: counted, and not told one by one."""
    led: dict[str, Led] = field(default_factory=dict)
    """What messages led to just now, by their names: for receipts, not for people."""
    unused_columns: tuple[str, ...] = ()
    """Columns that no field is read from; they are kept sealed."""
    unread_sheets: tuple[str, ...] = ()
    """Sheets that are hidden, or whose headings no profile knows."""

    def fault(self, row: int, name: str, raw: str, reason: Reason | str) -> None:
        """Note one field of a row; the value is masked here and nowhere else."""
        if len(self.rows) >= MOST_ROWS:
            self.rows_left_out += 1
            return
        self.rows.append(RowFault(row, name, masked(name, raw), str(reason)))

    def questions(self, row: int, asked: Iterable[Asked]) -> None:
        """Note what the row leaves open."""
        for each in asked:
            self.open_questions += 1
            self.fault(row, each.field, each.raw, each.reason)

    def as_json(self) -> dict[str, object]:
        """Return what `beistand intake --json` prints."""
        rows = [
            {"row": r.row, "field": r.field, "value": r.value, "reason": r.reason}
            | ({"file": r.file} if r.file else {})
            for r in sorted(self.rows, key=lambda r: (r.file, r.row))
        ]
        counts = {name: getattr(self, name) for name in (*_SHOWN, *_BESIDE)}
        seen = {name: list(getattr(self, name)) for name in _SEEN}
        return {**counts, **seen, "rows": rows}


def add(total: Report, part: Report) -> None:
    """Add what became of a part of the rows."""
    for name in _COUNTS:
        setattr(total, name, getattr(total, name) + getattr(part, name))
    left = max(0, MOST_ROWS - len(total.rows))
    total.rows += part.rows[:left]
    total.rows_left_out += len(part.rows[left:])


def together(reports: Sequence[Report]) -> Report:
    """Add up the reports of several files; rows and notes then name their file."""
    if len(reports) == 1:
        return reports[0]
    total = Report(
        called=", ".join(report.called for report in reports),
        profile=", ".join(dict.fromkeys(r.profile for r in reports if r.profile)),
        is_dry_run=any(report.is_dry_run for report in reports),
        unused_columns=tuple(
            f"{r.called}: {n}" for r in reports for n in r.unused_columns
        ),
        unread_sheets=tuple(
            f"{r.called}: {n}" for r in reports for n in r.unread_sheets
        ),
    )
    for report in reports:
        named = [replace(row, file=report.called) for row in report.rows]
        add(total, replace(report, rows=named))
    return total


def still_aside(drafted: Drafted, report: Report) -> Report:
    """Return the report of a single row that is set aside as it was before."""
    report.read = report.set_aside = 1
    if isinstance(drafted, Aside) and not report.rows:
        row = drafted.came.row
        report.fault(row, drafted.field, drafted.raw, drafted.reason)
    return report
