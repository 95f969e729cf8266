"""Commands: what people and channels want, and what it leads to.

A command is a wish in the domain's words. `concerns()` names the lives it depends
on, `decide` is pure and returns the facts, or raises `Refused` with a sentence for
the person who asked.
"""
