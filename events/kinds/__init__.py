"""What is offered and needed: the typed details of each kind.

Every field may be absent, and absent means *unknown*: an offer often arrives half
told. The same model is therefore also the patch of an amendment. "None at all" is
said by a value of its own (`()`, `0`, `False`, `"none"`).
"""
