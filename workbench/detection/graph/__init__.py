"""Accounts and the values that they share: traits, links, communities."""
