"""What others rely on does not change under its name."""

import copy
import json
from typing import Annotated, Literal

import pytest
from typer.testing import CliRunner

from events import upcast
from events.contract import FACTS
from events.desk import NoteWritten
from events.submission import SUBMISSIONS, OfferSubmission
from events.values import OPEN, Word
from services.cli import app
from services.contract import released
from services.contract.files import ROOT, schemas

NOW = {name: json.loads(text) for name, text in schemas().items()}
HOUSING = "HousingOffer"
READERS = "who reads by the released schema does not know that"
CHANNELS = "channels still send it as it was"
DEEP = {"offer.listed.v1", "need.raised.v2", "match.proposed.v1", "plan.made.v1"}
fact, sent = "offer.listed.v1", "offer.submitted.v1"


def refused(name, change, *, released_as=None):
    """Return what is said when one schema is changed in place."""
    old = {name: released_as or NOW[name]}
    new = copy.deepcopy(NOW[name])
    change(new)
    return list(released.refusals(old, {name: new}))


def of_homes(schema):
    return schema["$defs"][HOUSING]["properties"]


def removed(schema):
    del of_homes(schema)["beds"]


def renamed(schema):
    of_homes(schema)["places"] = of_homes(schema).pop("beds")


def retyped(schema):
    of_homes(schema)["beds"] = {"type": "string"}


def no_longer_unknown(schema):
    of_homes(schema)["beds"] = {"type": "integer", "minimum": 0, "maximum": 1_000_000}


def newly_required(schema):
    schema["$defs"][HOUSING].setdefault("required", []).append("beds")


def added(schema):
    of_homes(schema)["sauna"] = {"type": "boolean", "default": False}


def added_and_required(schema):
    added(schema)
    schema["$defs"][HOUSING].setdefault("required", []).append("sauna")


def narrowed(schema):
    of_homes(schema)["dwelling"]["anyOf"][0]["enum"].remove("flat")


def widened(schema):
    of_homes(schema)["dwelling"]["anyOf"][0]["enum"].append("boat")


def of_more_kinds(schema):
    of_homes(schema)["beds"]["anyOf"].append({"type": "string"})


def opened(schema):
    schema["$defs"][HOUSING]["additionalProperties"] = True


def tightened(schema):
    of_homes(schema)["floor"]["anyOf"][0]["maximum"] = 9


def meant_otherwise(schema):
    schema["$defs"]["Rent"]["properties"]["currency"]["default"] = "CHF"


def patterned(schema):
    location = schema["$defs"]["Location"]["properties"]
    location["postcode"]["anyOf"][0]["pattern"] = "^[0-9]{4}$"


def no_goods(schema):
    kinds = schema["properties"]["details"]["oneOf"]
    kinds[:] = [kind for kind in kinds if kind["$ref"].endswith(HOUSING)]


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (removed, "`details.beds` was removed"),
        (renamed, "`details.beds` was renamed to `places`"),
        (retyped, "`details.beds` "),
        (no_longer_unknown, "`details.beds` is null no more"),
        (newly_required, "`details.beds` became required"),
        (added_and_required, "`details.sauna` was added, and is required"),
        (narrowed, "`details.dwelling` takes `flat` no more"),
        (tightened, "`details.floor` its maximum was 60 and is 9"),
        (meant_otherwise, "`details.rent.currency` means 'CHF' instead of 'EUR'"),
        (patterned, "`details.location.postcode` its pattern changed"),
        (no_goods, "`details` is an object `goods` no more"),
    ],
)
@pytest.mark.parametrize("name", [fact, sent])
def test_what_breaks_somebody_is_refused_in_a_sentence(name, change, says):
    told = refused(name, change)

    assert told[0].startswith(f"{name}: {says}")
    assert told[0].endswith(f"Make it {name[:-1]}2.")


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (added, "`details.sauna` was added"),
        (widened, "`details.dwelling` takes `boat` too"),
        (of_more_kinds, "`details.beds` may be a string now"),
        (opened, "`details.*` changed"),
    ],
)
def test_more_is_refused_in_facts_and_welcome_from_channels(change, says):
    assert [says in sentence for sentence in refused(fact, change)] == [True]
    assert refused(sent, change) == []


def test_words_may_change():
    def reworded(schema):
        of_homes(schema)["beds"]["title"] = "Places to sleep"
        schema["description"] = "Somebody offers something."

    assert refused(fact, reworded) == []


def test_what_may_be_absent_now_is_new_to_readers():
    def relaxed(schema):
        schema["required"].remove("details")

    assert "`details` may be absent now" in refused(fact, relaxed)[0]
    assert refused(sent, relaxed) == []


@pytest.mark.parametrize("name", sorted(NOW))
def test_every_field_of_every_schema_is_watched(name):
    for path in fields(NOW[name]):
        assert refused(name, lambda schema, path=path: drop(schema, path)), path


@pytest.mark.parametrize("name", sorted(NOW))
def test_every_list_of_values_is_watched(name):
    for path in enums(NOW[name]):
        gone = refused(name, lambda schema, path=path: at(schema, path).pop())
        assert gone, path


def test_a_new_version_is_fine_while_the_old_one_can_be_read(monkeypatch):
    new = {name: NOW[name] for name in NOW if name != fact}
    new["offer.listed.v2"] = NOW[fact]
    bare = list(released.refusals(NOW, new))

    monkeypatch.setitem(upcast.STEPS, fact, lambda data: ("offer.listed.v2", data))

    assert [sentence[:26] for sentence in bare] == ["offer.listed.v1 is gone; s"]
    assert list(released.refusals(NOW, new)) == []


def test_a_channels_message_cannot_be_taken_away():
    new = {name: NOW[name] for name in NOW if name != sent}

    assert list(released.refusals(NOW, new)) == [
        "offer.submitted.v1 is gone; channels still send it. Keep it."
    ]


class Renamed(NoteWritten):
    """A note whose author renamed nothing, but added how it was said."""

    type = "note.written.v1"
    tone: Annotated[Literal["kind", "cross"] | None, OPEN] = None


class Demanding(OfferSubmission):
    licence: Word


def test_a_change_of_the_code_is_noticed(monkeypatch):
    monkeypatch.setitem(FACTS, "note.written.v1", Renamed)
    monkeypatch.setitem(SUBMISSIONS, sent, Demanding)

    ended = CliRunner().invoke(app, ["contract", "check", "--json"])

    v2 = "offer.submitted.v2"
    assert ended.exit_code == 1
    assert ended.stdout.splitlines()[:2] == [
        f"note.written.v1: `tone` was added; {READERS}. Make it note.written.v2.",
        f"{sent}: `licence` was added, and is required; {CHANNELS}. Make it {v2}.",
    ]
    assert len(json.loads(ended.stdout.splitlines()[-1])["refused"]) == 2


def test_this_release_breaks_nobody():
    assert released.check().refused == ()


@pytest.mark.parametrize("against", ["v0.1.0", "docs/schemas", "HEAD"])
def test_a_version_a_folder_or_a_tag_can_be_named(against, monkeypatch):
    monkeypatch.chdir(ROOT)

    assert released.check(against).refused == ()


@pytest.mark.parametrize("against", ["9.9.9", "--output=x", "/"])
def test_what_is_no_release_is_said(against):
    ended = CliRunner().invoke(app, ["contract", "check", f"--against={against}"])

    assert ended.exit_code == 2
    assert "no released version (0.1.0" in ended.stderr


def test_a_release_is_written_down_as_it_is(tmp_path, monkeypatch):
    monkeypatch.setattr(released, "RELEASED", tmp_path)

    released.release("1.2.3")

    assert released.newest() == "1.2.3"
    assert released.known("1.2.3") == NOW


def test_of_two_releases_the_higher_is_the_last(tmp_path, monkeypatch):
    monkeypatch.setattr(released, "RELEASED", tmp_path)
    for version in ("0.9.0", "0.10.0"):
        (tmp_path / f"{version}.json").write_text("{}")

    assert released.newest() == "0.10.0"


def test_every_released_version_is_written_down():
    changelog = (ROOT / "CHANGELOG.md").read_text()
    written = {path.stem for path in released.RELEASED.glob("*.json")}

    missing = [
        line
        for line in changelog.splitlines()
        if line.startswith("## ") and line[3:4].isdigit()
        if line.split()[1] not in written
    ]

    assert missing == []


def fields(schema, path=()):
    """Yield the path of every field, inside definitions that are referred to too."""
    used = json.dumps(schema)
    for key, part in schema.items():
        if key == "properties":
            yield from ((*path, key, name) for name in part)
        if key == "$defs" and schema["$id"] in DEEP:
            for name, inner in part.items():
                if f"#/$defs/{name}" in used:
                    yield from fields({**inner, "$id": name}, (*path, key, name))


def enums(part, path=()):
    """Yield the path of every list of values."""
    if isinstance(part, dict):
        for key, inner in part.items():
            if key == "enum":
                yield (*path, key)
            else:
                yield from enums(inner, (*path, key))
    elif isinstance(part, list):
        for number, inner in enumerate(part):
            yield from enums(inner, (*path, number))


def at(schema, path):
    for step in path:
        schema = schema[step]
    return schema


def drop(schema, path):
    del at(schema, path[:-1])[path[-1]]
