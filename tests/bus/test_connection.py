import aiokafka.errors
import kafka.errors
import pytest
from faststream.security import SASLScram512

from services.bus.connection import Bus, NoBus, NotAllowed, Unreachable, bus_of
from services.bus.refusals import understood
from services.bus.stream import for_faststream
from services.settings import load

SIGNED = Bus("k1:9093,k2:9093", "SASL_PLAINTEXT", "intake", "s3cret")


def test_the_settings_name_a_cluster_and_who_we_are_there(tmp_path):
    settings = load(
        tmp_path,
        kafka="k1:9093,k2:9093",
        kafka_security="SASL_PLAINTEXT",
        kafka_user="intake",
        kafka_password="s3cret",
    )

    assert bus_of(settings) == SIGNED


def test_the_environment_names_it_too(tmp_path, monkeypatch):
    monkeypatch.setenv("BEISTAND_KAFKA", "kafka:9092")

    assert bus_of(load(tmp_path)) == Bus("kafka:9092")


@pytest.mark.parametrize("servers", ["kafka", "kafka:", "PLAINTEXT://k:1", "a:1,", " "])
def test_an_address_that_is_none_is_refused_at_once(tmp_path, servers):
    with pytest.raises(ValueError, match="kafka"):
        load(tmp_path, kafka=servers)


def test_without_a_cluster_and_a_broker_there_is_no_bus(tmp_path):
    with pytest.raises(NoBus, match="beistand kafka start"):
        bus_of(load(tmp_path))


def test_a_number_of_somebody_elses_process_is_no_broker(tmp_path):
    (tmp_path / "kafka").mkdir()
    (tmp_path / "kafka" / "pid").write_text("1")

    with pytest.raises(NoBus):
        bus_of(load(tmp_path))


def test_both_libraries_are_told_the_same():
    assert SIGNED.for_aiokafka() == {
        "bootstrap_servers": ["k1:9093", "k2:9093"],
        "security_protocol": "SASL_PLAINTEXT",
        "sasl_mechanism": "SCRAM-SHA-512",
        "sasl_plain_username": "intake",
        "sasl_plain_password": "s3cret",
    }
    assert SIGNED.for_kafka_python() == SIGNED.for_aiokafka()


def test_a_plain_broker_is_told_no_name():
    assert Bus("k:1", user="intake", password="s3cret").for_aiokafka() == {
        "bootstrap_servers": ["k:1"],
        "security_protocol": "PLAINTEXT",
    }


def test_faststream_signs_in_as_the_others_do():
    security = for_faststream(SIGNED)["security"]

    assert isinstance(security, SASLScram512)
    assert (security.username, security.password) == ("intake", "s3cret")
    assert for_faststream(Bus("k:1"))["security"] is None


def test_the_password_shows_nowhere():
    assert "s3cret" not in repr(SIGNED) + SIGNED.told()


def test_a_signature_needs_a_name_and_a_password():
    with pytest.raises(NotAllowed, match="BEISTAND_KAFKA_USER"):
        Bus("k:1", "SASL_SSL", "intake")


def test_a_file_that_vouches_for_nobody_is_said(tmp_path):
    bus = Bus("k:1", "SASL_SSL", "intake", "s3cret", tmp_path / "none.pem")

    with pytest.raises(NotAllowed, match=r"none\.pem holds no certificate"):
        bus.for_aiokafka()


@pytest.mark.parametrize("library", [aiokafka.errors, kafka.errors])
def test_errors_of_either_library_become_sentences(library):
    topic = understood(library.TopicAuthorizationFailedError("facts"), SIGNED.told())
    silent = understood(library.KafkaConnectionError("refused"), SIGNED.told())

    assert isinstance(topic, NotAllowed)
    assert str(topic) == (
        "Kafka at k1:9093,k2:9093 as intake refuses: a right is missing (facts). "
        "Whoever runs Kafka gives the rights with `beistand topics apply`."
    )
    assert isinstance(silent, Unreachable)


def test_what_is_no_refusal_stays_a_bug():
    assert understood(ValueError("x"), SIGNED.told()) is None
