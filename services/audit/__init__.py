"""Looking again: whether what we hold in two places is still the same."""
