"""The words for every code that a page may meet; a code never stands on a page.

`N_` marks a message for the catalogues without translating it here.
"""

from collections.abc import Mapping

from services.console.words import Words


def N_(message: str) -> str:  # noqa: N802 gettext's own name for it
    return message


LABELS: Mapping[str, Mapping[str, str]] = {
    "tab": {
        "situation": N_("Situation"),
        "needs": N_("Needs"),
        "offers": N_("Offers"),
        "proposals": N_("Proposals"),
        "goods": N_("Donated goods"),
        "plans": N_("Plans"),
        "questions": N_("Open questions"),
        "set_aside": N_("Set aside"),
        "upload": N_("Upload"),
    },
    "kind": {"housing": N_("Housing"), "goods": N_("Donated goods")},
    "need_state": {
        "new": N_("New"),
        "clarify": N_("In clarification"),
        "proposed": N_("Proposal made"),
        "placed": N_("Placed"),
        "parked": N_("Parked"),
        "withdrawn": N_("Withdrawn"),
        "merged": N_("Merged"),
    },
    "offer_state": {
        "open": N_("Open"),
        "parked": N_("Parked"),
        "withdrawn": N_("Withdrawn"),
        "merged": N_("Merged"),
    },
    "match_state": {
        "proposed": N_("Proposed"),
        "communicated": N_("Both sides asked"),
        "agreed": N_("Agreed"),
        "confirmed": N_("Confirmed"),
        "begun": N_("Moved in"),
        "ended": N_("Ended"),
        "refused": N_("Refused"),
        "lapsed": N_("Lapsed"),
        "cancelled": N_("Cancelled"),
    },
    "horizon": {"acute": N_("acute"), "long_term": N_("long-term")},
    "dwelling": {
        "room": N_("Room"),
        "flat": N_("Flat"),
        "house": N_("House"),
        "hotel_unit": N_("Hotel"),
        "shelter": N_("Shelter"),
    },
    "provider_kind": {
        "citizen": N_("Citizen"),
        "association": N_("Association"),
        "company": N_("Company"),
        "hotel": N_("Hotel"),
        "housing_company": N_("Housing company"),
        "municipality": N_("Municipality"),
        "welfare": N_("Welfare association"),
    },
    "check": {
        "identity": N_("Identity"),
        "documents": N_("Documents"),
        "visit": N_("On-site visit"),
        "background": N_("Certificate of conduct"),
    },
    "check_state": {
        "passed": N_("passed"),
        "failed": N_("failed"),
        "expired": N_("expired"),
    },
    "side": {
        "household": N_("Household"),
        "provider": N_("Provider"),
        "office": N_("Office"),
    },
    "consequence": {
        "requeue": N_("look for another offer"),
        "park": N_("park until a day"),
        "recheck": N_("check again first"),
        "none": N_("nothing further"),
    },
    "reason": {
        "found_other_housing": N_("Found other housing"),
        "refused_offer": N_("Does not want this offer"),
        "unwilling_neighbourhood": N_("Does not want this neighbourhood"),
        "not_reached": N_("Not reached after several attempts"),
        "disengaged": N_("Does not answer any more"),
        "needs_higher_care": N_("Needs more care than this"),
        "household_changed": N_("The household has changed"),
        "health_and_safety": N_("Health or safety"),
        "provider_withdrew": N_("The provider withdrew"),
        "filled_by_other": N_("Given to somebody else"),
        "entered_by_mistake": N_("Should not have been entered"),
        "landlord_refused": N_("The landlord refused"),
        "rent_above_limit": N_("The rent is above the limit"),
        "unsafe_for_person": N_("Unsafe for this person"),
        "expired_without_interaction": N_("Nobody answered in time"),
        "superseded": N_("A better plan replaced it"),
        "moved_out": N_("Moved out"),
        "other": N_("Another reason (say it in a note)"),
    },
    "fit": {
        "all": N_("step-free"),
        "some": N_("partly step-free"),
        "none": N_("not step-free"),
        "unknown": N_("step-free: unknown"),
    },
    "pet": {
        "dog": N_("Dog"),
        "cat": N_("Cat"),
        "small": N_("Small animal"),
        "other": N_("Another animal"),
    },
    "flag": {
        "step_free": N_("step-free"),
        "pets": N_("pet"),
        "infant": N_("infant"),
        "minors": N_("children"),
        "women_only": N_("women only"),
        "protected": N_("protected address"),
        "confidential_address": N_("protected address"),
        "smokers": N_("smokers"),
        "duplicate": N_("possible duplicate"),
        "pinned": N_("pinned"),
        "stale": N_("ask again: older than 90 days"),
        "medical_equipment": N_("medical equipment"),
        "lift": N_("lift"),
        "ground_floor": N_("ground floor"),
        "may_split": N_("may be split"),
    },
}


def label(speaker: Words, of: str, code: str | None) -> str:
    """Return what a code is called; an unknown one stands as it is, in words."""
    if code is None:
        return "–"
    message = LABELS[of].get(code)
    return code.replace("_", " ") if message is None else speaker.say(message)
