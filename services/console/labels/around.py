"""Words around every page: tabs, the numbers at the top, what is due."""

from collections.abc import Mapping

from services.console.labels.mark import N_, Family

LABELS: Mapping[str, Family] = {
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
    "card": {
        "needs": N_("Households waiting for a home"),
        "due": N_("Due today or overdue"),
        "beds": N_("Free beds today"),
        "proposals": N_("Proposals to review"),
        "placed": N_("Placed (last 7 days)"),
    },
    "due": {
        "visits": N_("Checks and visits"),
        "answers": N_("Answers due"),
        "questions": N_("Open questions"),
        "duplicates": N_("Possible duplicates"),
        "set_aside": N_("Set aside"),
        "tasks": N_("Tasks"),
    },
    "due_hint": {
        "visits": N_("that hold up a proposal"),
        "answers": N_("both sides were asked, the day has come"),
        "questions": N_("fields that only a person can settle"),
        "duplicates": N_("merge them or keep them apart"),
        "set_aside": N_("rows that could not be taken"),
        "tasks": N_("laid before a person"),
    },
    "beds": {
        "taken": N_("taken"),
        "held": N_("promised"),
        "free": N_("free"),
    },
    "task": {
        "reconfirm_offer": N_("Ask whether the offer still stands"),
        "rehouse": N_("Find another home"),
        "renew_check": N_("Renew a check"),
        "call_back": N_("Call back"),
        "review_match": N_("Look at the match again"),
        "other": N_("Something else"),
    },
    "field": {},
    "submission_state": {
        "waiting": N_("waiting"),
        "taken": N_("taken"),
        "given_up": N_("given up"),
        "all": N_("all"),
    },
}
