"""Every fact keeps its promise: its name, its bytes, its classes, its schema."""

import json
import re
from typing import Annotated

import pytest
from hypothesis import HealthCheck, given, settings
from jsonschema import Draft202012Validator, FormatChecker
from pydantic import BaseModel, ValidationError

from events import upcast
from events.base import Fact, encode
from events.contract import FACTS, UnknownFact, decode
from events.match import MatchAgreed
from events.need import NeedRaised
from events.realm import PolicyAdopted
from events.values import OPEN, Privacy, Ref, Sealed, Strict
from services import contract
from tests.contract.making import facts
from tests.contract.rich import SAID
from tests.contract.samples import GOLDEN, SAMPLES

CONTRACT_NAME = re.compile(r"[a-z]+\.[a-z]+(_[a-z]+)*\.v[1-9][0-9]*")
FIRST_RELEASE = """
realm.opened channel.registered day.began policy.adopted
offer.listed offer.amended offer.reconfirmed offer.checked offer.capacity_changed
offer.withdrawn offer.merged offer.unmerged
need.raised need.amended need.prioritised need.parked need.reopened need.withdrawn
need.merged need.unmerged
pair.pinned pair.forbidden pair.released plan.made
match.proposed match.communicated match.agreed match.refused match.answer_corrected
match.lapsed match.cancelled match.confirmed match.begun match.ended
goods.reserved goods.dispatched goods.received
contact.attempted note.written task.assigned personal.opened
submission.set_aside submission.resent
"""
WITH_THE_BUS = "channel.stopped channel.resumed submission.noted"
FOR_TWINS = "case.likened"
FOR_ARRIVALS = "arrivals.expected capacity.held_back capacity.released"
every_sample = pytest.mark.parametrize("name", sorted(SAMPLES))
every_fact = pytest.mark.parametrize("name", sorted(FACTS))


def golden(name: str) -> bytes:
    return (GOLDEN / f"{name}.json").read_bytes().removesuffix(b"\n")


def test_the_facts_are_those_of_the_first_release_and_what_joined_later():
    later = (*WITH_THE_BUS.split(), *FOR_ARRIVALS.split(), FOR_TWINS)
    names = (*FIRST_RELEASE.split(), *later)

    versions = {"policy.adopted": 2, "need.raised": 2, "need.amended": 2}
    assert sorted(FACTS) == sorted(f"{name}.v{versions.get(name, 1)}" for name in names)


@every_fact
def test_a_name_is_lower_case_and_carries_its_version(name: str):
    assert CONTRACT_NAME.fullmatch(name)


def test_every_fact_has_a_golden_file_and_none_is_left_over():
    before = {*upcast.STEPS, "need.raised.v1-goods"}
    assert {path.stem for path in GOLDEN.iterdir()} == {*SAMPLES, *before}
    assert {fact.type for fact in SAMPLES.values()} == set(FACTS)


@every_sample
def test_a_fact_is_written_as_its_golden_file(name: str):
    assert encode(SAMPLES[name]) == golden(name)


@every_sample
def test_a_golden_file_is_read_as_its_fact(name: str):
    sample = SAMPLES[name]

    assert decode(sample.type, golden(name)) == sample


@every_fact
def test_the_sample_of_a_fact_tells_every_field(name: str):
    told = json.loads(encode(SAMPLES[name]))

    assert sorted(told) == sorted(FACTS[name].model_fields)


def test_the_samples_tell_every_field_of_what_facts_are_made_of():
    told = {
        path.partition(".")[2]
        for sample in SAMPLES.values()
        for path in paths(json.loads(encode(sample)))
    }
    fields = {
        path.partition(".")[2]
        for fact in FACTS.values()
        for path, _ in contract.classes_of(fact)
    }

    assert fields - told == set()


@every_fact
def test_every_field_is_classed(name: str):
    unclassed = [path for path, how in contract.classes_of(FACTS[name]) if how is None]

    assert unclassed == []


class Inner(Strict):
    known: Annotated[Ref, OPEN]
    forgotten: Ref


class Careless(Fact):
    type = "careless.v1"
    inside: Annotated[tuple[Inner, ...] | None, OPEN] = None
    listed: Annotated[list[Inner], OPEN]


def test_an_unclassed_field_is_found_however_deep():
    unclassed = [path for path, how in contract.classes_of(Careless) if how is None]

    assert unclassed == ["inside.forgotten", "listed.forgotten"]


@every_fact
def test_what_is_sealed_is_a_box_and_a_box_is_sealed(name: str):
    for path, how, model in boxes(FACTS[name]):
        assert (how is Privacy.SEALED) == model, path


@every_sample
def test_the_schema_takes_the_golden_file_and_nothing_more(name: str):
    fact = SAMPLES[name].type
    schema = json.loads((contract.SCHEMAS / f"{fact}.json").read_text())
    Draft202012Validator.check_schema(schema)
    check = Draft202012Validator(schema, format_checker=FormatChecker())
    data = json.loads(golden(name))

    assert [error.message for error in check.iter_errors(data)] == []
    assert not check.is_valid(data | {"one_more": 1})
    assert not check.is_valid({key: data[key] for key in data if key != "said"})


def test_what_is_generated_is_what_the_code_says():
    assert contract.drift() == []


@every_fact
def test_the_page_names_every_field_of_the_fact(name: str):
    section = contract.page().split(f"## `{name}`\n")[1].split("\n## ")[0]

    named = re.findall(
        r"^\| `(\w+)` \| (?:open|coarse|sealed) \|$", section, re.MULTILINE
    )

    assert named == [field for field in FACTS[name].model_fields if field != "said"]


@given(facts())
@settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
def test_whatever_can_be_said_is_read_back_as_it_was_said(fact: Fact):
    assert decode(fact.type, encode(fact)) == fact


@pytest.mark.parametrize(
    "change",
    [
        pytest.param((b'"priority":3', b'"priority":true'), id="true is no number"),
        pytest.param((b'"priority":3', b'"priority":3e0'), id="3e0 is no whole number"),
        pytest.param((b'"priority":3', b'"priority":"3"'), id="a text is no number"),
        pytest.param((b'"priority":3', b'"priority":NaN'), id="NaN is nothing"),
        pytest.param((b'"priority":3', b'"priority":4'), id="out of bounds"),
        pytest.param((b'"priority":3', b'"prio":3'), id="no such field"),
        pytest.param((b'"2022-03-18"', b"19069"), id="a number is no day"),
        pytest.param((b'"2022-03-18"', b'"19069"'), id="digits are no day"),
        pytest.param((b'"2022-03-18"', b'"2022-02-30"'), id="no such day"),
        pytest.param((b'"n-1"', b'"n\\u00001"'), id="NUL"),
        pytest.param((b'"Diakonie"', b'"Dia\\u0007konie"'), id="a bell"),
        pytest.param((b'"Diakonie"', b'"Dia\\u007f"'), id="a rubout"),
        pytest.param((b'"Diakonie"', b'"Dia\\ud800"'), id="half a character"),
        pytest.param(
            (b'"may_split":false', b'"may_split":"no"'), id="no is no boolean"
        ),
        pytest.param((b'"acute"', b'"urgent"'), id="no such horizon"),
    ],
)
def test_a_fact_is_read_strictly(change: tuple[bytes, bytes]):
    data = golden("need.raised.v2")
    assert data.count(change[0]) >= 1

    with pytest.raises(ValidationError):
        decode("need.raised.v2", data.replace(*change))


def test_two_hundred_thousand_combining_marks_are_refused_at_once():
    data = golden("need.raised.v2").replace(b"Diakonie", "e\u0301".encode() * 200_000)

    with pytest.raises(ValidationError, match="at most 200"):
        decode("need.raised.v2", data)


def test_a_moment_is_kept_in_utc():
    data = golden("day.began.v1").replace(
        b"2022-03-18T08:30:00.250000Z", b"2022-03-18T09:30:00.25+01:00"
    )

    assert decode("day.began.v1", data) == SAMPLES["day.began.v1"]


def test_an_unknown_fact_is_said_to_be_one():
    with pytest.raises(UnknownFact, match="newer release"):
        decode("offer.painted.v1", b"{}")


def test_an_old_version_is_read_as_todays(monkeypatch: pytest.MonkeyPatch):
    def renamed(data: bytes) -> tuple[str, bytes]:
        return "match.agreed.v1", data.replace(b'"who"', b'"side"')

    def sorted_out(data: bytes) -> tuple[str, bytes]:
        return "match.accepted.v2", data.replace(b'"family"', b'"household"')

    monkeypatch.setitem(upcast.STEPS, "match.accepted.v1", sorted_out)
    monkeypatch.setitem(upcast.STEPS, "match.accepted.v2", renamed)
    fact = MatchAgreed(
        said=SAID, match="m-1", offer="o-1", need="n-1", side="household"
    )
    old = encode(fact).replace(b'"side"', b'"who"').replace(b'"household"', b'"family"')

    assert decode("match.accepted.v1", old) == fact


def test_a_policy_of_the_first_version_is_read_and_written_as_ever():
    before = decode("policy.adopted.v1", golden("policy.adopted.v1"))

    assert isinstance(before, PolicyAdopted)
    assert before.policy.goods.equivalents is None
    assert before.policy.goods.trip_metres is None
    assert encode(before) == golden("policy.adopted.v1")


@pytest.mark.parametrize(
    "name", ["need.raised.v1", "need.raised.v1-goods", "need.amended.v1"]
)
def test_a_need_of_the_first_version_is_read_and_written_as_ever(name: str):
    before = decode(name.removesuffix("-goods"), golden(name))

    assert before.type.endswith(".v2")
    assert encode(before) == golden(name)


def test_no_fact_can_be_changed():
    fact = SAMPLES["need.raised.v2"]
    assert isinstance(fact, NeedRaised)

    with pytest.raises(ValidationError, match="frozen"):
        fact.priority = 0  # type: ignore[misc]  # a frozen field is what is tested


def paths(value: object, where: str = "") -> set[str]:
    """Return every field that is told, as `classes_of` writes it."""
    if isinstance(value, list):
        return {path for part in value for path in paths(part, where)}
    if not isinstance(value, dict):
        return set()
    found: set[str] = set()
    for name, inner in value.items():
        found |= {f"{where}{name}"} | paths(inner, f"{where}{name}.")
    return found


def boxes(
    model: type[BaseModel], where: str = ""
) -> list[tuple[str, Privacy | None, bool]]:
    """Return each field with its class, and whether all that it holds is boxes."""
    found: list[tuple[str, Privacy | None, bool]] = []
    for name, field in model.model_fields.items():
        how = next((part for part in field.metadata if isinstance(part, Privacy)), None)
        inner = list(contract.models_of(field.annotation))
        sealed = bool(inner) and all(
            part is Sealed or all(box for _, _, box in boxes(part)) for part in inner
        )
        found.append((f"{where}{name}", how, sealed))
        if not sealed:
            for part in inner:
                found += boxes(part, f"{where}{name}.")
    return found
