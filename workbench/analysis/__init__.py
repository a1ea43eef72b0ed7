"""Profiles, traits, clusters, evidence and scores."""
