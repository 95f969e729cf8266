"""The channel SDK: publish offers and needs, and hear what became of them."""
