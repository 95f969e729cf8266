"""The desk has no login, so nobody but this machine may reach it."""

from ipaddress import IPv4Address

import pytest
from pydantic import ValidationError

from services.settings import load

EVERYWHERE = "0.0.0.0"  # noqa: S104 - what a container listens on


def test_the_desk_listens_on_this_machine_alone(tmp_path):
    assert load(tmp_path).host == IPv4Address("127.0.0.1")


@pytest.mark.parametrize("published", [None, "192.0.2.1", EVERYWHERE])
def test_another_address_is_refused_and_the_sentence_says_why(tmp_path, published):
    with pytest.raises(ValidationError, match=r"no login.*BEISTAND_PUBLISHED"):
        load(tmp_path, host=EVERYWHERE, published=published)


def test_in_a_container_it_listens_where_only_this_machine_publishes(tmp_path):
    found = load(tmp_path, host=EVERYWHERE, published="127.0.0.1")

    assert found.host == IPv4Address(EVERYWHERE)
