"""Extracts to a case: schema, sniffing, mapping, rejects, profiles."""
