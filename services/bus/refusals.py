"""What Kafka's clients raise, said so that a person knows what to do.

Both client libraries have an error tree of their own, and neither says which setting to
look at. kafka-python is slower to tell: see `services.bus.probe` for what it hides.
"""

import ssl
from socket import gaierror

import aiokafka.errors as aio
import kafka.errors as sync

from services.bus.errors import BusError, NotAllowed, Unreachable

LONGEST = 120
SIGN_IN = (
    *(aio.SaslAuthenticationFailed, sync.SaslAuthenticationFailedError),
    aio.AuthenticationFailedError,
)
RIGHTS = (
    *(aio.TopicAuthorizationFailedError, sync.TopicAuthorizationFailedError),
    *(aio.GroupAuthorizationFailedError, sync.GroupAuthorizationFailedError),
    *(aio.ClusterAuthorizationFailedError, sync.ClusterAuthorizationFailedError),
)
SILENCE = (
    *(aio.KafkaConnectionError, sync.KafkaConnectionError),
    aio.NoBrokersAvailable,
    *(aio.KafkaTimeoutError, sync.KafkaTimeoutError),
    *(aio.RequestTimedOutError, sync.RequestTimedOutError),
    ConnectionError,
    TimeoutError,
    gaierror,  # a container that is started again has no name meanwhile
)


def understood(error: BaseException, told: str) -> BusError | None:
    """Return what an error of either library means; None when it means a bug.

    `told` says where Kafka is and as whom: `Bus.told()`.
    """
    if isinstance(error, SIGN_IN):
        return wrong_password(told)
    if isinstance(error, RIGHTS):
        return NotAllowed(
            f"Kafka at {told} refuses: a right is missing ({_about(error)}). Whoever "
            "runs Kafka gives the rights with `beistand topics apply`."
        )
    if isinstance(error, ssl.SSLError):
        return NotAllowed(
            f"The certificate of Kafka at {told} is not vouched for ({error.reason}); "
            "set BEISTAND_KAFKA_CA to the authority's PEM file."
        )
    if isinstance(error, SILENCE):
        return unreachable(told)
    return None


def wrong_password(told: str) -> NotAllowed:
    return NotAllowed(
        f"Kafka at {told} does not accept this user and password; "
        "check BEISTAND_KAFKA_USER and BEISTAND_KAFKA_PASSWORD."
    )


def unreachable(told: str) -> Unreachable:
    return Unreachable(
        f"Kafka at {told} does not answer; check BEISTAND_KAFKA, that it runs, and "
        "that BEISTAND_KAFKA_SECURITY is what it speaks (`beistand kafka status`)."
    )


def _about(error: BaseException) -> str:
    """Return the topic or group where the library names it, else the kind of right.

    kafka-python puts the whole request there, which helps nobody.
    """
    said = " ".join(str(part) for part in error.args if part)
    kind = type(error).__name__.removesuffix("AuthorizationFailedError").lower()
    return said if 0 < len(said) <= LONGEST else f"on a {kind}"
