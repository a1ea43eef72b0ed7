"""Labelled synthetic extracts of any size: honest traffic, look-alikes and campaigns."""
