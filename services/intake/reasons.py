"""Why a field is asked for or a row set aside: one fixed sentence each.

Fixed, so that pages can translate them; each says what to do. None holds a value. Where
a rule refused the row, the rule's own sentence stands instead. A sentence that is
worded anew goes to `Retired` as it was: ledgers hold it for ever, and pages go on
saying it in their language.
"""

from enum import StrEnum


class Reason(StrEnum):
    """The sentence is the value: it stands in facts, reports and on pages."""

    AMBIGUOUS_DATE = "The date can be read in two ways; ask for day, month and year."
    NO_DATE = "This is no date that can be read; ask for day, month and year."
    DATE_NUMBER = "A number stands where a date should; format the column as a date."
    FAR_DATE = "The date lies outside 2000 to 2100; ask for the right year."
    MANY_NUMBERS = "More than one number stands here; ask which one holds."
    ABOUT = "The number is only about right; ask for a firm one."
    NO_NUMBER = "This is no number; ask for one."
    NOT_WHOLE = "This is no whole number; ask for one."
    TOO_LARGE = "The number is too large to be true; ask for the right one."
    ZERO_BEDS = "No bed is offered; ask how many there are."
    NO_MONEY = "This is no amount in euros; write it as 450 or 450,50."
    NO_DURATION = "This is no length of time that can be read; ask for months or days."
    RANGE_DURATION = "The length of time is open to two readings; ask for one."
    NO_YES_NO = "This is neither a plain yes nor a plain no; ask for one of them."
    UNKNOWN_WORD = "This word is not known here; choose one or add it to the profile."
    UNKNOWN_LANGUAGE = "A language was not recognised; write its name or its code."
    POSTCODE_ZERO = "The postcode has four digits; a leading zero may be lost. Ask."
    NO_POSTCODE = "This is no German postcode; write five digits."
    ABROAD = "The place is not in Germany; check whether it can be used."
    NO_FLOOR = "The floor cannot be read; write EG, 1, 2 or UG."
    NO_MAIL = "This is no complete mail address; ask for it."
    NO_PHONE = "The phone number cannot be dialled as it stands; ask for it."
    PHONE_REGION = (
        "The phone number's country is not clear; write it with + and country."
    )
    CONTROL = "The cell has a control character; type it anew."
    TOO_LONG = "The cell is too long; shorten it. Perhaps a quote was not closed."
    FORMULA = "A formula stands here instead of a value; write the value."
    OCCUPIED = "The row says that it is occupied; ask what is free, and from when."
    STATUS = "The status says something of its own; read it."
    NO_ROOMS = "The beds of each room cannot be read; write 2; 1; 1."
    BEDS_DIFFER = "The beds and the beds of the rooms do not add up; ask which holds."
    NO_RESIDENTS = "Who lives there cannot be read; write 2 women; 1 man; 3 children."
    NO_HOUSEHOLD = "A person cannot be read; write role, age and sex: mother 34 w."
    PERSONS_DIFFER = "The number of persons and the people named do not agree; ask."
    NO_AGE = "The age of a person is missing; ask for it."
    RELATION = "Who belongs to whom is not clear; ask for the relations."
    WHO_NEEDS = "It is not said who needs this; taken for everybody until it is."
    NO_PET = "The pets cannot be read; write 1 dog; 2 cats."
    NO_PROTECTION = "The protection cannot be read; settle it before any proposal."
    NO_CONTACT_NAME = "A name alone is not enough here; write a mail or phone."
    NO_PRIORITY = "The priority is a number from 0 to 3; write one."
    NO_LINK = "The link cannot be read; write a number and (together) or (near)."
    NO_ITEM = "The item is not in the catalogue; choose its code."
    NO_QUANTITY = "How many pieces there are is not known; ask."
    NO_UNIT = "The room type or the number of rooms cannot be read; write them."
    NO_SPAN = "The first or the last day is missing; write from and to."
    DATES_SWAPPED = "The last day is before the first; ask for the right dates."
    NO_CASE = "It says neither offer nor request; write one of them."
    NO_REACH = "There is no way to reach anyone; add a mail address or a phone."
    NOTHING_SAID = "The row says nothing about what is offered or needed; fill it in."
    ROWS_DIFFER = "The rows of one contract say different things here; ask which holds."
    MANY_CELLS = "The row has more cells than headings; put quotes around its text."
    NO_KEY = "The row cannot be told from others; add its number."
    REPEATED = "The same row stands again further down; the later one counts."
    OLDER_REVISION = "A newer revision of this row is known; nothing was changed."
    WITHDRAWN = "Its case was withdrawn or merged; nothing was changed."
    NO_OFFER = "No offer of ours fits this mail, phone or number; check it."
    MANY_OFFERS = "More than one offer fits; write the case number."
    NO_CHECK = "The check, its result or its day cannot be read; write all three."
    SIMILAR = "The same mail, phone or address is known already; merge or keep apart."
    SAME_ID = "The same message id came with other content; send it under a new id."
    OTHER_KIND = "Housing cannot become goods; withdraw it and enter it anew."
    NO_PROFILE = "No profile fits this message; name one."
    NOT_READABLE = "The line cannot be read; repair it and send it again."
    OTHER_SOURCE = (
        "The message names a source that its channel may not speak for; "
        "send it by that source's own channel."
    )
    NO_CHANNEL = "Nobody registered the channel of this message; register it first."
    TOO_LARGE_MESSAGE = "The message has more than 1 MB; send it in parts."
    NOT_AN_EVENT = "The message is no CloudEvent of ours; repair it and send it again."


class Retired(StrEnum):
    """Sentences that nothing says any more; older ledgers hold them."""

    REFUSED = "A rule refused the row; see what it says."
