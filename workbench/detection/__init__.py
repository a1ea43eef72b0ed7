"""Finds clusters of accounts, the evidence that links them, and how likely each is a campaign."""
