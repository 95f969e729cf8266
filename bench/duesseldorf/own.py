"""The office's own sheets: homes, households, hotels, goods, checks."""

from bench.duesseldorf import words
from bench.duesseldorf.contacts import Contact
from bench.duesseldorf.dice import Dice
from bench.duesseldorf.files import Cell
from bench.duesseldorf.goods import Lot
from bench.duesseldorf.homes import Checked, Contingent, Home, Hotel
from bench.duesseldorf.households import Household, Person

Row = dict[str, Cell]
UNTIL = "Verfügbar bis (Auszugstag) / Available until (day of moving out)"
_ROOMS = {
    "single": "Einzelzimmer",
    "double": "Doppelzimmer",
    "family": "Familienzimmer",
}
_CONDITIONS = {"new": "neu", "good": "gut", "used": "gebraucht", None: None}


def offer(home: Home, number: int, dice: Dice) -> Row:
    """Return one home of the office's sheet; the office asked more than any form."""
    who = home.contact
    return {
        "Angebots-Nr. / Offer number": f"E-{number:03}",
        "Stand / Revision": 1,
        "Name": who.name,
        "Telefon / Phone": who.phone,
        "E-Mail / Mail": who.mail,
        "Straße und Hausnummer / Street and number": f"{who.street} {who.number}",
        "PLZ / Postcode": int(who.postcode) if dice.chance(50) else who.postcode,
        "Ort / City": "Düsseldorf",
        "Adresse geschützt / Protected address": "ja" if home.protected else None,
        "Anbieter / Provider": "Privatperson",
        "Wohnform / Dwelling": words.DWELLINGS[home.dwelling],
        "Betten / Beds": home.beds,
        "Betten je Zimmer / Beds per room": "; ".join(map(str, home.rooms)),
        "Wohnfläche m² / Area m²": home.m2,
        "Etage / Floor": "EG" if home.floor == 0 else f"{home.floor}. OG",
        "Aufzug / Lift": words.YES[home.lift],
        "Stufenlos / Step-free": {"all": "ja", "some": "teilweise", "none": "nein"}[
            home.step_free
        ],
        "Nur Frauen / Women only": words.YES[home.women_only],
        "Familien / Families": words.YES[home.families],
        "Höchstens Personen / At most persons": home.max_persons,
        "Haustiere erlaubt / Pets allowed": words.pets(home.pets),
        "Raucher erlaubt / Smokers allowed": words.YES[home.smokers],
        "Sprachen / Languages": words.languages(home.languages, between="; "),
        "Verfügbar ab / Available from": home.start,
        UNTIL: home.end,
        "Mindestdauer / Shortest stay": f"{home.min_days} Tage"
        if home.min_days
        else None,
        "Mieter / Tenant": words.TENANTS[home.tenant] if home.tenant else None,
        "Miete / Rent": "Miete" if home.cold else "frei",
        "Kaltmiete € / Cold rent €": words.euros(home.cold),
        "Nebenkosten € / Operating costs €": words.euros(home.operating),
        "Möbliert / Furnished": words.YES[home.furnished],
    }


def need(household: Household) -> Row:
    """Return one household as the welfare associations write it down."""
    who = household.contact
    return {
        "Bedarfs-Nr. / Need number": household.case,
        "Stand / Revision": 1,
        "Vertreten durch / Represented by": household.represented_by,
        "Ansprechperson / Contact person": who.name,
        "Telefon / Phone": who.phone,
        "E-Mail / Mail": who.mail,
        "Haushalt / Household": "; ".join(map(_person, household.people)),
        "Personen / Persons": len(household.people),
        "Sprachen / Languages": words.languages(household.languages, between="; "),
        "Dringlichkeit / Urgency": "akut"
        if household.horizon == "acute"
        else "langfristig",
        "Priorität / Priority": household.priority,
        "Grund der Priorität / Reason for priority": "; ".join(
            words.REASONS[code] for code in household.vulnerability
        ),
        "Wartet seit / Waiting since": household.waiting_since,
        "Ab / From": household.start,
        "Bis (Auszugstag) / To (day of moving out)": household.end,
        "Miete zahlt / Rent paid by": words.PAYERS[household.rent_payer]
        if household.rent_payer
        else None,
        "Darf getrennt werden / May be split": words.YES[household.may_split],
        "Haustiere / Pets": "; ".join(map(_pet, household.pets)) or "keine",
        "Raucher / Smokers": words.YES[household.smokers],
        "Schutz / Protection": _protection(household),
        "Nahe PLZ / Near postcode": household.near,
        "Wunsch-PLZ / Wished postcodes": "; ".join(household.wishes),
    }


def hotel(house: Hotel, number: int, line: Contingent) -> Row:
    """Return one room type of a hotel over one span; the rows of a contract are one."""
    who = house.contact
    return {
        "Vertrag / Contract": f"H-2022-{number}",
        "Stand / Revision": 1,
        "Hotel": house.name,
        "Ansprechperson / Contact person": who.name,
        "Telefon / Phone": who.phone,
        "E-Mail / Mail": who.mail,
        "Straße und Hausnummer / Street and number": f"{who.street} {who.number}",
        "PLZ / Postcode": who.postcode,
        "Zimmertyp / Room type": _ROOMS[line.room],
        "Betten je Zimmer / Beds per room": line.sleeps,
        "Zimmer / Rooms": line.count,
        "Von / From": line.start,
        "Bis (Abreisetag) / To (day of departure)": line.end,
        "Stufenlos / Step-free": "ja" if house.step_free else "nein",
        "Haustiere erlaubt / Pets allowed": words.pets(house.pets),
        "Sprachen / Languages": "Deutsch; Englisch",
        "Mieter / Tenant": "Stadt",
        "Preis je Zimmer und Nacht € / Price per room and night €": words.euros(
            house.cents_a_night
        ),
        "Rahmenvereinbarung bis / Standing agreement until": house.agreed_until,
    }


def lot(given: Lot, number: int) -> Row:
    """Return one lot that is offered."""
    return _goods(given) | {
        "Nr. / Number": f"S-{number:04}",
        "Angebot oder Bedarf / Offer or request": "Angebot",
        "Zustand / Condition": _CONDITIONS[given.condition],
        "Haltbar bis / Best before": words.day_first(given.best_before),
        "Verfügbar ab / Available from": words.day_first(given.day),
        "Wert je Stück € / Value per piece €": words.euros(given.value_minor),
    }


def request(asked: Lot, number: int) -> Row:
    """Return one request for goods."""
    return _goods(asked) | {
        "Nr. / Number": f"G-{number:04}",
        "Angebot oder Bedarf / Offer or request": "Bedarf",
        "Benötigt bis / Needed by": words.day_first(asked.day),
    }


def check(who: Contact, done: Checked, *, by_phone: bool) -> Row:
    """Return one check; the offer is known by the mail or phone of its provider."""
    return {
        "Telefon / Phone": who.phone if by_phone else None,
        "E-Mail / Mail": None if by_phone else who.mail,
        "Prüfung / Check": words.CHECKS[done.check],
        "Ergebnis / Result": "bestanden" if done.passed else "nicht bestanden",
        "Geprüft am / Checked on": words.day_first(done.on),
        "Gültig bis / Valid until": words.day_first(done.valid_until),
        "Geprüft von / Checked by": f"Team {'ABC'[len(who.name) % 3]}",
    }


def _goods(lot: Lot) -> Row:
    who = lot.contact
    return {
        "Name": who.name,
        "Organisation": "Verein Erfundene Hilfe" if lot.organisation else None,
        "Telefon / Phone": who.phone,
        "E-Mail / Mail": who.mail,
        "PLZ / Postcode": who.postcode,
        "Artikel / Item": lot.good.name,
        "Größe / Size": lot.size,
        "Menge / Quantity": lot.quantity,
    }


def _protection(household: Household) -> str:
    women = "nur Frauen" if household.women_only else ""
    secret = "Adresse geheim" if household.confidential else ""
    return "; ".join(filter(None, (women, secret)))


def _pet(pet: tuple[str, int]) -> str:
    kind, count = pet
    return f"{count} {words.PETS[kind]}{'n' if count > 1 else ''}"


def _person(person: Person) -> str:
    needs = {"step_free": " (stufenlos)", "lift": " (Aufzug)", "": ""}[person.needs]
    letter = "w" if person.sex == "f" else "m"
    return f"{person.role} {person.age} {letter}{needs}"
