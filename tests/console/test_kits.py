"""The page of one part of a kit shows the others, and which of them is missing."""

import re

import pytest

from tests.console.whole_office import opened

COT = {"category": "CHILDREN", "code": "cot"}
PRAM = {"category": "CHILDREN", "code": "stroller"}


@pytest.fixture(scope="module")
def office(server, tmp_path_factory):
    with opened(server, tmp_path_factory.mktemp("kits"), peopled=False) as found:
        lot = {"kind": "goods", "quantity": 1, "item": COT}
        found.do("list-offer", offer="cots", provider="p-1", details=lot)
        for need, item in (("cot", COT), ("pram", PRAM)):
            part = {"kind": "goods", "quantity": 1, "item": item, "kit": "baby-1"}
            found.do("raise-need", need=need, household="h-1", details=part)
        other = {"kind": "goods", "quantity": 1, "item": PRAM, "kit": "baby-1"}
        found.do("raise-need", need="theirs", household="h-2", details=other)
        found.engine.match()
        found.shown()
        yield found


def text(answer):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", answer.text))


def test_a_parts_page_lists_the_kit_and_what_is_not_to_be_had(office):
    page = text(office.client(language="en").get("/needs/cot"))

    kit = page[page.index("The kit") : page.index("Proposals and placements")]
    assert "1 × Cot" in kit
    assert "another part of its kit is not to be had" in kit
    assert "1 × Pram" in kit
    assert "nobody offers this item" in kit
    assert kit.count("1 × ") == 2


def test_a_form_tells_kit_and_equivalents(office):
    visitor = office.client(language="en")
    told = {"details.equivalents": "bed-90, cot", "details.kit": "baby-2"}

    told |= {"details.item.category": "CHILDREN"}
    visitor.fill("/needs/theirs/edit", "/needs/theirs/edit", **told)
    office.shown()

    page = text(visitor.get("/needs/theirs"))
    assert "Serves as well Bed 90 cm, Cot" in page
    assert "Part of the kit baby-2" in page
