"""The case packet."""
