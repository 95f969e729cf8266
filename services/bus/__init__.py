"""The bus: what its topics are called, how it is reached, the broker of the home."""
