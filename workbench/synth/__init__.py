"""Labelled synthetic extracts of any size."""
