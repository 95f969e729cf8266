"""How a mutant is made: one thing of the product is replaced, in this process only."""


def put(owner: object, name: str, wrong: object) -> None:
    """Put something wrong in the place of what is there; it must be there."""
    if not hasattr(owner, name):
        raise AttributeError(f"{owner} has no {name}: the mutant would be none")
    setattr(owner, name, wrong)
