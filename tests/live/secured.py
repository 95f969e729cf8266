"""A broker as a cautious operator runs one: TLS, SCRAM, and nothing allowed unsaid."""

import datetime as dt
import ipaddress
from dataclasses import dataclass, replace
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from services.bus import broker
from services.bus.connection import Bus
from services.settings import load

ADMIN, ADMIN_PASSWORD = "admin", "adm1n-of-the-test"
_SCRAM = "org.apache.kafka.common.security.scram.ScramLoginModule required"
_DAY = dt.timedelta(days=1)


@dataclass(frozen=True)
class Secured:
    """The broker, seen by its administrator; others differ in name and password."""

    admin: Bus
    home: Path

    def seen_by(self, user: str, password: str) -> Bus:
        return replace(self.admin, user=user, password=password)


def start(home: Path) -> Secured:
    """Start a broker that speaks SASL_SSL only, with one administrator."""
    certificate, authority = _certificates(home)
    user = f"name={ADMIN},password={ADMIN_PASSWORD}"
    found = broker.start(
        load(home),
        _settings(certificate, authority),
        at_format=("--add-scram", f"SCRAM-SHA-512=[{user}]"),
    )
    admin = Bus(found.servers, "SASL_SSL", ADMIN, ADMIN_PASSWORD, authority)
    return Secured(admin, home)


def _settings(certificate: Path, authority: Path) -> dict[str, str]:
    jaas = f'{_SCRAM} username="{ADMIN}" password="{ADMIN_PASSWORD}";'
    return {
        "listener.security.protocol.map": "BUS:SASL_SSL,CONTROLLER:PLAINTEXT",
        "sasl.enabled.mechanisms": "SCRAM-SHA-512",
        "sasl.mechanism.inter.broker.protocol": "SCRAM-SHA-512",
        "listener.name.bus.scram-sha-512.sasl.jaas.config": jaas,
        "listener.name.bus.ssl.keystore.type": "PEM",
        "listener.name.bus.ssl.keystore.location": str(certificate),
        "listener.name.bus.ssl.truststore.type": "PEM",
        "listener.name.bus.ssl.truststore.location": str(authority),
        "authorizer.class.name": (
            "org.apache.kafka.metadata.authorizer.StandardAuthorizer"
        ),
        # Nobody is anonymous on the bus; the broker's own controller is.
        "super.users": f"User:{ADMIN};User:ANONYMOUS",
    }


def _certificates(home: Path) -> tuple[Path, Path]:
    """Make an authority and a certificate of it for 127.0.0.1."""
    key, own_key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Authority of the test")])
    authority = (
        _builder(name, name, key.public_key())
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_signs(), critical=True)
        .add_extension(_id(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    own = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "kafka")])
    here = x509.SubjectAlternativeName(
        [x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
    )
    certificate = (
        _builder(own, name, own_key.public_key())
        .add_extension(here, critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(key.public_key()),
            critical=False,
        )
        .sign(key, hashes.SHA256())
    )
    both, ca = home / "broker.pem", home / "ca.pem"
    pem = serialization.Encoding.PEM
    form = serialization.PrivateFormat.PKCS8
    secret = own_key.private_bytes(pem, form, serialization.NoEncryption())
    both.write_bytes(secret + certificate.public_bytes(pem))
    ca.write_bytes(authority.public_bytes(pem))
    return both, ca


def _builder(subject, issuer, key) -> x509.CertificateBuilder:
    now = dt.datetime.now(dt.UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _DAY)
        .not_valid_after(now + _DAY)
    )


def _id(key) -> x509.SubjectKeyIdentifier:
    return x509.SubjectKeyIdentifier.from_public_key(key)


def _signs() -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=False,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=True,
        crl_sign=True,
        encipher_only=False,
        decipher_only=False,
    )
