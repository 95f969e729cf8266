from datetime import date
from pathlib import Path

import pytest
from pydantic import ValidationError

from services.settings import load


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch):
    for name in ("HOME", "REALM", "TODAY", "PORT", "KEK_FILE", "DATABASE_URL"):
        monkeypatch.delenv(f"BEISTAND_{name}", raising=False)
    monkeypatch.delenv("DATABASE_URL", raising=False)


def test_without_anything_set_the_home_is_the_users_share(monkeypatch):
    monkeypatch.setenv("HOME", "/users/maya")

    settings = load()

    assert settings.home == Path("/users/maya/.local/share/beistand")
    assert settings.kek == settings.home / "keys" / "kek"
    assert (settings.realm, settings.today, settings.port, settings.database_url) == (
        "05111000",
        None,
        8722,
        None,
    )


def test_what_is_given_wins_over_environment_over_file(tmp_path, monkeypatch):
    (tmp_path / "beistand.toml").write_text('realm = "05315000"\nport = 1000\n')
    monkeypatch.setenv("BEISTAND_HOME", str(tmp_path))
    monkeypatch.setenv("BEISTAND_PORT", "2000")
    monkeypatch.setenv("BEISTAND_TODAY", "2022-03-18")

    settings = load(port=3000)

    assert (settings.home, settings.realm, settings.port, settings.today) == (
        tmp_path,
        "05315000",
        3000,
        date(2022, 3, 18),
    )
    assert load().port == 2000
    assert load(tmp_path / "other").home == tmp_path / "other"
    assert load(tmp_path / "other").realm == "05111000"


def test_an_option_that_was_not_given_does_not_win(monkeypatch):
    monkeypatch.setenv("BEISTAND_PORT", "2000")

    assert load(port=None).port == 2000


def test_the_address_of_the_database_is_not_shown(monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgresql://u:geheim@db/beistand")

    settings = load()

    assert settings.database_url is not None
    assert settings.database_url.get_secret_value().endswith("@db/beistand")
    assert "geheim" not in repr(settings)


@pytest.mark.parametrize("given", [{"port": 0}, {"realm": "Düsseldorf!"}])
def test_a_setting_that_cannot_be_is_refused(given):
    with pytest.raises(ValidationError):
        load(**given)
