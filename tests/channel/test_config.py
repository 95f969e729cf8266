import stat

import pytest

from services.channel import BadConfiguration
from services.channel.config import Reached, read, write
from tests.channel.lines import CONFIGURATION


def test_what_the_office_writes_the_channel_reads(tmp_path):
    path = tmp_path / "web-form.toml"

    write(path, CONFIGURATION)

    assert read(path) == CONFIGURATION


def test_only_its_owner_reads_the_file(tmp_path):
    path = tmp_path / "web-form.toml"
    path.touch(mode=0o644)

    write(path, CONFIGURATION)

    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_the_authority_lies_beside_the_file(tmp_path):
    path = tmp_path / "web-form.toml"
    kafka = CONFIGURATION.kafka.model_copy(update={"ca": "ca.pem"})

    write(path, CONFIGURATION.model_copy(update={"kafka": kafka}))

    assert read(path).kafka.ca == str(tmp_path / "ca.pem")


def test_the_password_shows_nowhere():
    assert "geheim" not in repr(CONFIGURATION)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (None, "cannot be read"),
        ("[channel", "is no TOML file"),
        ("[kafka]\nservers = 'k:1'\n", "channel: Field required"),
        ("[channel]\nname = 'A'\n", "channel.name: String should match"),
    ],
)
def test_a_file_that_is_none_is_said(tmp_path, text, sentence):
    path = tmp_path / "web-form.toml"
    if text is not None:
        path.write_text(text)

    with pytest.raises(BadConfiguration, match=sentence):
        read(path)


def test_who_signs_in_needs_a_password():
    with pytest.raises(ValueError, match="SASL_SSL needs a user and a password"):
        Reached(servers="k:1", security="SASL_SSL", user="web-form")
