"""Every read model there is, in the order in which they are made and brought on.

The situation comes last: it closes a day with the rows of the others.
"""

from projections import (
    available_offers,
    capacity_by_day,
    case_file,
    cases,
    checkpoint,
    duplicates,
    expected_arrivals,
    flow,
    goods_stock,
    held_capacity,
    lives,
    open_needs,
    open_questions,
    personal_log,
    placements,
    plans,
    proposals,
    realm,
    set_aside,
    situation,
    stopped_channels,
    tasks,
    visits_due,
)
from projections.step import ReadModel
from projections.table import Shape

MODELS: tuple[ReadModel, ...] = (
    realm.MODEL,
    cases.MODEL,
    cases.DETAILS_MODEL,
    open_needs.MODEL,
    available_offers.MODEL,
    proposals.MODEL,
    placements.MODEL,
    visits_due.MODEL,
    capacity_by_day.MODEL,
    expected_arrivals.MODEL,
    held_capacity.MODEL,
    goods_stock.MODEL,
    open_questions.MODEL,
    duplicates.MODEL,
    tasks.MODEL,
    set_aside.MODEL,
    stopped_channels.MODEL,
    plans.MODEL,
    plans.UNMET_MODEL,
    case_file.MODEL,
    personal_log.MODEL,
    flow.MODEL,
    situation.MODEL,
)
GROUND: tuple[Shape, ...] = (checkpoint.TABLE, lives.TABLE)
"""What is there before any read model."""
RELATIONS: tuple[Shape, ...] = (
    *GROUND,
    *(relation for model in MODELS for relation in model.relations),
)
SHOWN: tuple[Shape, ...] = tuple(
    sorted((relation for relation in RELATIONS if relation.shown), key=lambda r: r.name)
)
"""What readers see, by name."""


def named(names: tuple[str, ...]) -> tuple[ReadModel, ...]:
    """Return the read models with these names; all when none is named."""
    known = {model.name: model for model in MODELS}
    if unknown := [name for name in names if name not in known]:
        raise LookupError(
            f"There is no read model {unknown[0]}; there are: {', '.join(known)}."
        )
    return tuple(model for model in MODELS if not names or model.name in names)
