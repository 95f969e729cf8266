"""The desk: pages and an API for the people who decide.

It reads read models only and writes by commands only; personal data comes through
the gateway of the desk's port, never out of a read model.
"""
