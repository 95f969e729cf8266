"""Reading: one module is one read model, its table, its rows, its queries."""
