"""What stands in the configuration of the embedded broker, and why."""

from collections.abc import Mapping

from services.bus.place import LOCALHOST, BusPlace

LISTENER = "BUS"
CONTROLLER = "CONTROLLER"
STARTED = "Kafka Server started"
"""What the broker says once it answers: true with any kind of sign-in."""

_ONE_BROKER = {
    "process.roles": "broker,controller",
    "node.id": "1",
    "inter.broker.listener.name": LISTENER,
    "controller.listener.names": CONTROLLER,
    # A mistyped topic is an error, never a new topic that nobody reads.
    "auto.create.topics.enable": "false",
    # One broker holds one copy; few partitions keep the start short.
    "offsets.topic.num.partitions": "4",
    "offsets.topic.replication.factor": "1",
    "transaction.state.log.num.partitions": "1",
    "transaction.state.log.replication.factor": "1",
    "transaction.state.log.min.isr": "1",
    "share.coordinator.state.topic.num.partitions": "1",
    "share.coordinator.state.topic.replication.factor": "1",
    "share.coordinator.state.topic.min.isr": "1",
    "group.initial.rebalance.delay.ms": "0",
    # After kill -9 the controller lets the broker in again once its old session is
    # over; by default that is 9 s, and there is no other broker to protect from it.
    "broker.session.timeout.ms": "4000",
    "broker.heartbeat.interval.ms": "500",
    # A follower that rested for a season still knows where it was.
    "offsets.retention.minutes": str(365 * 24 * 60),
    # What a small machine can spare.
    "num.network.threads": "2",
    "num.io.threads": "4",
    "log.cleaner.dedupe.buffer.size": str(16 << 20),
    "log.segment.bytes": str(256 << 20),
}
_LOG4J = """\
status = warn
appender.own.type = RollingFile
appender.own.name = own
appender.own.fileName = {file}
appender.own.filePattern = {file}.%i
appender.own.layout.type = PatternLayout
appender.own.layout.pattern = %d{{ISO8601}} %p %c{{1}}: %m%n
appender.own.policies.type = SizeBasedTriggeringPolicy
appender.own.policies.size = 10MB
appender.own.strategy.type = DefaultRolloverStrategy
appender.own.strategy.max = 3
appender.said.type = Console
appender.said.name = said
appender.said.layout.type = PatternLayout
appender.said.layout.pattern = %m%n
rootLogger.level = warn
rootLogger.appenderRef.own.ref = own
logger.life.name = kafka.server.KafkaRaftServer
logger.life.level = info
logger.life.appenderRef.said.ref = said
"""


def write(place: BusPlace, own: Mapping[str, str]) -> None:
    """Write the broker's files; `own` settings are added, or win."""
    broker, controller = place.ports()
    lines = {
        **_ONE_BROKER,
        "listeners": (
            f"{LISTENER}://{LOCALHOST}:{broker},{CONTROLLER}://{LOCALHOST}:{controller}"
        ),
        "advertised.listeners": f"{LISTENER}://{LOCALHOST}:{broker}",
        "listener.security.protocol.map": (
            f"{LISTENER}:PLAINTEXT,{CONTROLLER}:PLAINTEXT"
        ),
        "controller.quorum.bootstrap.servers": f"{LOCALHOST}:{controller}",
        "log.dirs": str(place.data),
        **own,
    }
    text = "".join(f"{name}={_escaped(value)}\n" for name, value in lines.items())
    place.properties.touch(mode=0o600)
    place.properties.write_text(text)
    place.logging.write_text(_LOG4J.format(file=place.log))


def _escaped(value: str) -> str:
    """Write a value as Java reads it: every backslash is doubled, a line ends it."""
    return value.replace("\\", "\\\\").replace("\n", "\\n")
