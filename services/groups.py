"""Names that belong together, however far along."""


class Groups:
    """Sets of names that are joined two by two (union-find)."""

    def __init__(self) -> None:
        self._parent: dict[str, str] = {}

    def root(self, name: str) -> str:
        parent = self._parent
        while parent.setdefault(name, name) != name:
            parent[name] = parent[parent[name]]
            name = parent[name]
        return name

    def join(self, one: str, other: str) -> None:
        self._parent[self.root(one)] = self.root(other)

    def members(self) -> dict[str, list[str]]:
        """Return the names of each group by its root."""
        found: dict[str, list[str]] = {}
        for name in list(self._parent):
            found.setdefault(self.root(name), []).append(name)
        return found
