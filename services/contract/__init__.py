"""The contract: what every fact, message and topic is, generated from the code.

`python -m services.contract` writes `docs/events.md`, `docs/schemas/` and
`docs/asyncapi.json`; `--check` fails when what is committed is not what the code says.
"""

from services.contract.facts import classes_of, models_of, page
from services.contract.files import SCHEMAS, drift, outputs

__all__ = ["SCHEMAS", "classes_of", "drift", "models_of", "outputs", "page"]
