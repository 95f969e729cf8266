"""The plan between two runs: it follows the ledger, and each event has its answer."""
