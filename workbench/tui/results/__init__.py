"""A result on the screen: rows that come, tabs, errors, provenance."""
