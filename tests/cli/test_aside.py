"""`beistand set-aside`: look at what could not be taken, mend it, send it again."""

import itertools
import json
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from typer.testing import CliRunner

from services.bus.names import Names
from services.cli import app, aside
from services.intake.work import Work
from services.ledger.rules.channels import StopChannel
from tests.console.whole_office import opened

NUMBERS = itertools.count(1)
HOME: dict[str, Any] = {
    "contact": {"mail": "kim@example.org"},
    "details": {"kind": "housing", "dwelling": "flat", "beds": 3},
}


@dataclass
class Lying:
    """A message of the bus."""

    topic: str
    value: bytes
    offset: int
    partition: int = 0
    headers: tuple[tuple[str, bytes], ...] = ()


@pytest.fixture(scope="module")
def office(server, tmp_path_factory):
    with opened(server, tmp_path_factory.mktemp("office")) as found:
        yield found


@dataclass
class Web:
    """A channel of the test's own; what it publishes is taken in at once."""

    name: str
    work: Work

    def event(self, name="e-1", **changes):
        return {
            "specversion": "1.0",
            "id": name,
            "source": f"/{self.name}",
            "type": "offer.submitted.v1",
            "data": HOME,
            **changes,
        }

    def publish(self, *messages):
        """Return what became of them; a dict is a structured event."""
        topic = f"beistand.05111000.intake.{self.name}"
        values = [
            m if isinstance(m, bytes) else json.dumps(m).encode() for m in messages
        ]
        records = [Lying(topic, value, n) for n, value in enumerate(values)]
        (told,) = self.work.take(records).receipts.values()
        return [one.receipt.outcome for one in told]


@pytest.fixture
def unknown(office):
    return Web(f"web-{next(NUMBERS)}", Work(office.engine.intake, Names("05111000")))


@pytest.fixture
def web(office, unknown):
    office.do("register-channel", channel=unknown.name, source=f"/{unknown.name}")
    return unknown


@pytest.fixture
def run(office, monkeypatch):
    """Run a command in the office at hand instead of one in a home."""

    @contextmanager
    def here(home, *, demo):
        yield office.engine

    def run(*words, ends=0):
        done = CliRunner().invoke(app, [*words, "--json"])
        assert done.exit_code == ends, done.output
        return json.loads(done.stdout.splitlines()[-1]) if done.stdout else None

    monkeypatch.setattr(aside, "opened", here)
    return run


def waiting(run, channel) -> list[str]:
    found = run("set-aside", "list", "--filter", f"channel={channel.name}")
    return [row["submission"] for row in found["rows"]]


def test_a_poisoned_message_is_shown_mended_and_sent_again(web, run, tmp_path):
    broken = json.dumps(web.event()).encode()[:-1]
    outcomes = web.publish(broken)

    (name,) = waiting(run, web)
    shown = run("set-aside", "show", name, "--as", "Kim")
    mended = tmp_path / "mended.json"
    mended.write_text(json.dumps(shown | {"line": shown["line"] + "}"}))
    sent = run("set-aside", "resend", name, "--values", str(mended), "--as", "Kim")

    assert outcomes == ["set_aside"]
    assert shown["bus"] == "partition 0, offset 0"
    assert sent["submissions"][0]["taken"]
    assert waiting(run, web) == []
    assert web.publish(broken) == ["set_aside"]
    assert waiting(run, web) == []
    assert web.publish(web.event()) == ["taken"]


def test_what_was_sent_before_its_channel_was_registered_is_taken_afterwards(
    office, unknown, run
):
    unknown.publish(*(unknown.event(f"e-{n}", subject=f"home-{n}") for n in (1, 2)))
    names = waiting(run, unknown)

    run("set-aside", "resend", *names, "--as", "Kim", ends=1)
    office.do("register-channel", channel=unknown.name, source=f"/{unknown.name}")
    sent = run("set-aside", "resend", *names, "--as", "Kim")

    assert [one["taken"] for one in sent["submissions"]] == [True, True]


def test_who_may_say_it_is_not_mended(web, run):
    web.publish(web.event(source="/other"))

    (name,) = waiting(run, web)
    sent = run("set-aside", "resend", name, "--as", "Kim", ends=1)

    assert "may not speak for" in sent["submissions"][0]["reason"]


def test_a_mended_older_revision_changes_nothing(office, web, run, tmp_path):
    told = web.event("e-5", subject="home-1", revision=5)
    old = told | {"id": "e-4", "revision": 4}
    web.publish(told, old | {"data": {"contact": {}}})
    head = office.engine.recorder.head()

    (name,) = waiting(run, web)
    beds = {"data": HOME | {"details": HOME["details"] | {"beds": 9}}}
    mended = tmp_path / "mended.json"
    mended.write_text(json.dumps({"line": json.dumps(old | beds)}))
    run("set-aside", "resend", name, "--values", str(mended), "--as", "Kim")

    facts = [fact.type for fact in office.engine.recorder.read(after=head)]
    assert "offer.amended.v1" not in facts


def test_who_asks_hears_what_a_person_made_of_a_message(office, web, run, tmp_path):
    source, told = f"/{web.name}", web.event("e-6", subject="home-6")
    web.publish(told | {"data": {"contact": {}}})
    answers = office.engine.intake.answers
    before = answers.about(source, "e-6")

    (name,) = waiting(run, web)
    mended = tmp_path / "mended.json"
    mended.write_text(json.dumps({"line": json.dumps(told)}))
    run("set-aside", "resend", name, "--values", str(mended), "--as", "Kim")
    after = answers.about(source, "e-6")

    assert (before.outcome, after.outcome) == ("set_aside", "taken")
    assert after.case_no.startswith("A-")


def test_what_was_mended_into_another_message_is_that_message(
    office, web, run, tmp_path
):
    broken = web.event("e-7", subject="home-7", data={"contact": {}})
    other = web.event("e-8", subject="home-8")
    web.publish(broken)
    (name,) = waiting(run, web)
    mended = tmp_path / "mended.json"
    mended.write_text(json.dumps({"line": json.dumps(other)}))
    run("set-aside", "resend", name, "--values", str(mended), "--as", "Kim")
    head = office.engine.recorder.head()

    assert web.publish(other, broken) == ["taken", "set_aside"]
    assert office.engine.recorder.head() == head


def test_what_nobody_can_mend_is_given_up_all_at_once_and_nothing_else(
    office, web, unknown, run
):
    other = Web(f"web-{next(NUMBERS)}", unknown.work)
    other.publish(b"worth a look")
    web.publish(b"rubbish 1", b"rubbish 2", web.event())

    given = run(
        "set-aside", "give-up", "--filter", f"channel={web.name}", "--as", "Kim"
    )

    assert len(given["submissions"]) == 2
    assert waiting(run, web) == []
    assert len(waiting(run, other)) == 1
    facts = office.engine.recorder.read()[-2:]
    assert [fact.type for fact in facts] == ["submission.resent.v1"] * 2
    assert web.publish(b"rubbish 1") == ["set_aside"]
    assert waiting(run, web) == []


def test_a_stopped_channel_goes_on_when_a_person_says_so(office, web, run):
    stop = StopChannel(
        channel=web.name, reason="set_aside", partition=0, offset=9, note="too much"
    )
    office.engine.handle(stop, by="Kim")

    run("intake-resume", web.name, "--as", "Kim")

    assert office.engine.recorder.read()[-1].type == "channel.resumed.v1"
    run("intake-resume", web.name, "--as", "Kim", ends=1)


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("set-aside", "list", "--filter", "colour"), "is no filter"),
        (("set-aside", "list", "--filter", "colour=red"), "no filter"),
        (("set-aside", "resend", "a", "b", "--as", "Kim", "--values", "x"), "x"),
        (("set-aside", "show", "s-1"), "--as"),
        (("set-aside", "give-up", "s-1"), "--as"),
        (("set-aside", "give-up", "--as", "Kim"), "--filter"),
    ],
)
def test_a_wrong_call_is_told_what_is_right(run, words, why):
    done = CliRunner().invoke(app, list(words))

    assert done.exit_code == 2
    assert why in done.output
