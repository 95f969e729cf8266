"""What a field of a case or of a row is called."""

from collections.abc import Mapping

from services.console.fields import GROUPS
from services.console.mark import N_, Family
from services.console.rows import TABLES

_OTHERS: Mapping[str, str] = {
    "accepts": N_("Who may come"),
    "available": N_("When"),
    "available.stay": N_("Length of stay"),
    "capacity": N_("Capacity by day"),
    "case": N_("Offer or request"),
    "case_no": N_("Case number"),
    "check.at": N_("Day of the check"),
    "check.kind": N_("Check"),
    "check.state": N_("Result of the check"),
    "city": N_("Place"),
    "contact": N_("Contact"),
    "contact_person": N_("Contact person"),
    "country": N_("Country"),
    "expected_birth": N_("Birth expected"),
    "id": N_("Message id"),
    "row": N_("Row"),
    "house_number": N_("House number"),
    "household": N_("The people"),
    "item": N_("Item"),
    "item.age_group": N_("Age group"),
    "item.unit": N_("Unit"),
    "linked": N_("Linked households"),
    "linked_households": N_("Linked households"),
    "location": N_("Where"),
    "mail": N_("Mail"),
    "members": N_("The people, one by one"),
    "message": N_("Message"),
    "name": N_("Name"),
    "no_contact": N_("No contact with"),
    "organisation": N_("Organisation"),
    "period": N_("Stay"),
    "pets": N_("Pets"),
    "phone": N_("Phone"),
    "postcode": N_("Postcode"),
    "priority": N_("Priority"),
    "protected": N_("Protected place"),
    "protection": N_("Protection"),
    "reference": N_("Number there"),
    "relations": N_("Who belongs to whom"),
    "rent": N_("Cost"),
    "rent.deposit": N_("Deposit"),
    "rent.room_night": N_("Price a room and night"),
    "represented_by": N_("Represented by"),
    "requirements": N_("What they cannot do without"),
    "residents": N_("Who lives there"),
    "residents.pets": N_("Pets there"),
    "revision": N_("Revision"),
    "standing_agreement": N_("Standing agreement"),
    "standing_until": N_("Agreed until"),
    "status": N_("Status"),
    "street": N_("Street"),
    "submitted": N_("Sent on"),
    "telegram": N_("Telegram"),
    "text": N_("Text"),
    "unit.count": N_("Rooms"),
    "unit.from": N_("From"),
    "unit.sleeps": N_("Sleeps"),
    "unit.to": N_("To"),
    "unit.type": N_("Room type"),
    "units": N_("Rooms"),
    "value_minor": N_("Value"),
    "vulnerability": N_("Vulnerability"),
    "whatsapp": N_("WhatsApp"),
    "wishes": N_("Wishes"),
    "wishes.district": N_("Wished area"),
    "wishes.dwelling": N_("Wished kind of home"),
    "wishes.household": N_("Wished household"),
}
_ASKED = {
    field.path: field.name
    for groups in GROUPS.values()
    for group in groups
    for field in group.fields
}
_TABLES = {table.name: table.title for tables in TABLES.values() for table in tables}
LABELS: Mapping[str, Family] = {"field": {**_TABLES, **_ASKED, **_OTHERS}}
