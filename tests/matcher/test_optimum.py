"""The optimum is that of an independent formulation, and its certificate verifies."""
