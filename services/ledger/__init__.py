"""The ledger: the one append-only order of all facts, and the rules that add to it."""
