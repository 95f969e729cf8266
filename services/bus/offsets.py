"""How much was ever said on each topic: messages, by the ends of its partitions."""

from collections import Counter
from contextlib import closing

from kafka import KafkaConsumer, TopicPartition

from services.bus.connection import Bus


def said(bus: Bus) -> Counter[str]:
    """Return the number of messages by topic, those that are gone by now included."""
    with closing(KafkaConsumer(**bus.for_kafka_python(), group_id=None)) as reader:
        places = [
            TopicPartition(topic, partition)
            for topic in sorted(reader.topics())
            for partition in sorted(reader.partitions_for_topic(topic) or ())
        ]
        found: Counter[str] = Counter()
        for place, end in reader.end_offsets(places).items():
            found[place.topic] += end
    return found
