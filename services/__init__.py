"""Processes: ledger, intake, matching, projecting, desk, command line."""
