"""The referee against an exhaustive oracle: each of its rules broken is caught."""
