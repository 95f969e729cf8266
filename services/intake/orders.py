"""From a draft and what is known of its row to the order that takes it in."""

from dataclasses import dataclass
from datetime import date, datetime

from events.base import Said
from events.kinds.housing import HousingNeed, Linked, Protection
from events.need import NeedDetails
from events.offer import OfferDetails
from events.values import Origin, Plain
from services.intake.cells import boxed
from services.intake.draft import Aside, CheckDraft, Draft, From
from services.intake.fields import asked_about
from services.intake.identity import Identity, source
from services.intake.known import Known, difference
from services.intake.persons import Persons
from services.ledger.handle import Order
from services.ledger.rules.base import Command, Question, Told
from services.ledger.rules.desk import SetAside
from services.ledger.rules.needs import AmendNeed, RaiseNeed
from services.ledger.rules.offers import AmendOffer, CheckOffer, ListOffer

NEW = (ListOffer, RaiseNeed, SetAside)
"""What takes in something new; such a command says by itself whose it is."""
Fields = dict[str, object]


@dataclass(frozen=True)
class Moment:
    """When and through whom a batch comes in."""

    said: Said
    at: datetime
    today: date


@dataclass(frozen=True)
class Place:
    """Where a draft belongs: its row's key, its case, its content's digest."""

    key: str
    case: str
    digest: str

    def tag(self, draft: Draft) -> str:
        return f"{draft.case}:{self.case}"


@dataclass(frozen=True)
class Around:
    """Who is who, and the cases that look like the one at hand."""

    who: Persons
    similar: tuple[str, ...]


@dataclass(frozen=True)
class Orders:
    """Makes the orders of one batch."""

    identity: Identity
    moment: Moment

    def place(self, draft: Draft) -> Place:
        key = self.identity.row(draft.came)
        case = self.identity.case(draft.case, key)
        return Place(key, case, self.identity.content(draft.came))

    def new(self, draft: Draft, place: Place, around: Around) -> Order:
        """Take a row in that was never seen."""
        person = around.who.of_case[place.tag(draft)]
        fields = self._beside(draft, place, around.similar) | {
            "details": self.details(draft, around.who)
        }
        if draft.case == "offer":
            command: ListOffer | RaiseNeed = ListOffer.model_validate(
                fields | {"offer": place.case, "provider": person}
            )
        else:
            command = RaiseNeed.model_validate(
                fields
                | {"need": place.case, "household": person}
                | {"priority": draft.priority or 0}
            )
        return self._order(f"{place.case}-{place.digest[:12]}", command, draft.came)

    def anew(self, draft: Draft, place: Place, known: Known, around: Around) -> Order:
        """Amend a known row: what it says now and did not say before."""
        unsure = frozenset(asked_about(asked.field) for asked in draft.asked)
        found = difference(
            known.told,
            self.details(draft, around.who),
            covered=draft.covered,
            unsure=unsure,
        )
        open_fields = {question.field for question in known.state.questions}
        fields = self._beside(draft, place, around.similar) | {
            "changes": found.changes,
            "unset": found.unset,
            "settled": tuple(sorted((open_fields & draft.covered) - unsure)),
        }
        if draft.case == "offer":
            command: AmendOffer | AmendNeed = AmendOffer.model_validate(
                fields | {"offer": place.case}
            )
        else:
            same = draft.priority == known.priority
            priority = None if same else draft.priority
            command = AmendNeed.model_validate(
                fields | {"need": place.case, "priority": priority}
            )
        after = known.state.position if known.latest is None else len(known.origins)
        name = f"{place.case}-{place.digest[:12]}-{after}"
        return self._order(name, command, draft.came)

    def check(self, draft: CheckDraft, offer: str) -> Order:
        """Record a check; the same row again is the same order."""
        told = draft.checked
        command = CheckOffer(
            offer=offer,
            check=told.kind,
            state=told.state,
            on=told.at,
            valid_until=told.valid_until,
            note=draft.note,
        )
        digest = self.identity.content(draft.came)
        return self._order(f"check-{offer}-{digest[:24]}", command, draft.came)

    def aside(self, aside: Aside) -> Order:
        """Keep a row that cannot be taken, sealed."""
        came = aside.came
        submission = self.identity.submission(aside)
        raw = came.raw or Plain(purpose="row", content={})
        command = SetAside(
            submission=submission,
            channel=came.channel,
            source=source(came)[:200],
            profile=came.profile,
            row=came.row,
            field=aside.field or None,
            reason=str(aside.reason),
            raw=raw,
        )
        return self._order(f"{submission}-{came.row}", command, came)

    def details(self, draft: Draft, who: Persons) -> OfferDetails | NeedDetails:
        """Return the details with the refs that only the realm can give."""
        details = draft.details
        if not isinstance(details, HousingNeed):
            return details
        update: Fields = {}
        if details.members is not None:
            day = {"as_of": self.moment.today}
            update["members"] = tuple(m.model_copy(update=day) for m in details.members)
        if draft.no_contact:
            kept = details.protection or Protection()
            refs = (ref for token in draft.no_contact for ref in who.to_avoid[token])
            avoided = {"no_contact": tuple(dict.fromkeys(refs))}
            update["protection"] = kept.model_copy(update=avoided)
        if draft.links:
            update["linked_households"] = tuple(
                Linked(ref=self._linked(draft.came, link.reference), how=link.how)
                for link in draft.links
            )
        return details.model_copy(update=update)

    def _linked(self, came: From, reference: str) -> str:
        """Return the need that another row of this channel stands for."""
        key = self.identity.key(source(came), (reference.casefold(),), personal=False)
        return self.identity.case("need", key)

    def _beside(self, draft: Draft, place: Place, similar: tuple[str, ...]) -> Fields:
        told = draft.told
        return {
            "told": Told(
                contact=told.contact,
                address=told.address,
                message=told.message,
                confidential=told.confidential,
                external_ids=told.external_ids,
            ),
            "questions": tuple(
                Question(
                    field=asked_about(asked.field),
                    reason=str(asked.reason),
                    raw=boxed("question", {asked.field: asked.raw}),
                )
                for asked in draft.asked
            ),
            "origin": self._origin(draft.came, place),
            "raw": draft.came.raw,
            "represented_by": draft.represented_by,
            "similar_to": similar,
        }

    def _origin(self, came: From, place: Place) -> Origin:
        return Origin(
            channel=came.channel,
            profile=came.profile,
            source=source(came)[:200],
            id=(came.event or place.key)[:200],
            row_key=place.key,
            digest=place.digest,
            revision=came.revision,
            received_at=self.moment.at,
        )

    def _order(self, name: str, command: Command, came: From) -> Order:
        said = self.moment.said
        if came.time is not None:
            # A sender's clock may run ahead; nothing is true before it was heard.
            since = min(came.time, self.moment.at)
            said = said.model_copy(update={"valid_from": since})
        return Order(id=name, said=said, command=command)
