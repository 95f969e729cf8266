"""From the fields of a form to a command."""

import pytest

from services.console.forms import Unfit, command, nested
from services.ledger.rules.matches import ProposeMatch
from services.ledger.rules.offers import CheckOffer


def filled(**fields):
    return {name: (value,) for name, value in fields.items()}


def test_names_are_paths():
    told = {
        "offer": ("o1",),
        "changes.accepts.women_only": ("true",),
        "changes.accepts.pets[]": ("dog", "cat"),
        "rows[2].x": ("b",),
        "rows[0].x": ("a",),
    }

    assert nested(told) == {
        "offer": "o1",
        "changes": {"accepts": {"women_only": "true", "pets": ["dog", "cat"]}},
        "rows": [{"x": "a"}, {"x": "b"}],
    }


def test_a_form_becomes_the_command_it_stands_for():
    told = filled(offer="o1", check="visit", state="passed", on="2022-03-18", note="ok")

    found = command("check-offer", told)

    assert isinstance(found, CheckOffer)
    assert found.on.isoformat() == "2022-03-18"
    assert found.model_dump()["note"] == {"purpose": "note", "content": {"text": "ok"}}


def test_rows_of_a_form_become_a_list():
    told = filled(match="m1", offer="o1", need="n1", reason="known to each other") | {
        "allocation[0].start": ("2022-03-18",),
        "allocation[0].count": ("1",),
    }

    found = command("propose-match", told)

    assert isinstance(found, ProposeMatch)
    assert [(str(a.start), a.count) for a in found.allocation] == [("2022-03-18", 1)]


def test_a_field_that_does_not_fit_is_named_as_the_form_names_it():
    with pytest.raises(Unfit) as fault:
        command("amend-offer", {"offer": ("o1",), "changes.kind": ("housing",),
                                "changes.beds": ("two",)})  # fmt: skip

    assert fault.value.fields == ("changes.beds",)


@pytest.mark.parametrize("name", ["a..b", "a[x]", "__class__[", "a b", ".a", ""])
def test_a_name_that_is_no_path_is_refused(name):
    with pytest.raises(Unfit):
        nested({name: ("x",)})


def test_a_field_cannot_be_a_value_and_a_row_at_once():
    with pytest.raises(Unfit):
        nested({"a": ("x",), "a.b": ("y",)})
