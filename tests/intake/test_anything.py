"""Whatever stands in a cell or a file: a draft, a row set aside, or a sentence."""

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from services.intake.cells import CellReader, boxed
from services.intake.drafts import draft
from services.intake.files import FileRefused
from services.intake.masking import masked
from services.intake.profile import fit, profiles
from services.intake.source import open_source
from services.intake.words import vocabulary

ALL = tuple(profiles().values())
WORDS = sorted(vocabulary())
PIECES = st.one_of(
    st.text(max_size=12),
    st.sampled_from(WORDS),
    st.sampled_from(
        ["2", "(+2 Kinder)", "3-4", "04/05/2022", "18.03.2022", "+380671234567", "=1+1",
         "a@example.org", "40210.0", ";", ",", "\n", "(", ")", "ca.", "\x00", "\ud800"]
    ),
)  # fmt: skip
CELLS = st.lists(PIECES, max_size=5).map(" ".join)


@settings(max_examples=600, deadline=None, derandomize=True)
@given(st.sampled_from(ALL), st.data())
def test_no_cell_makes_the_reader_fall(profile, data):
    headings = [column.heading for column in profile.columns]
    fitted = fit(profile, headings)
    assert fitted is not None
    cells = data.draw(st.lists(CELLS, min_size=len(headings), max_size=len(headings)))

    made = draft(fitted, [CellReader(fitted, headings).read(2, cells)])

    plain = boxed("row", made.came.whole)
    assert plain is None or plain.model_dump_json().encode()
    assert type(plain)(**plain.model_dump()) == plain if plain else True
    for asked in getattr(made, "asked", ()):
        masked(asked.field, asked.raw)


@settings(
    max_examples=200,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    st.sampled_from([".csv", ".json", ".jsonl", ".xlsx", ".ods"]),
    st.one_of(st.binary(max_size=200), st.text(max_size=200).map(str.encode)),
)
@example(".csv", b"id;Accommodation;Postcode\n\xff;\x00;\xfe\n")
@example(".json", b'[{"id": {"a": [[1]]}, "Accommodation": [2], "Postcode": null}]')
def test_no_file_makes_the_reader_fall(tmp_path, ending, content):
    path = tmp_path / f"a{ending}"
    path.write_bytes(content)

    said = "."
    try:
        list(open_source(path, profiles()).drafts())
    except FileRefused as refused:
        said = str(refused)

    assert said.endswith(".")
