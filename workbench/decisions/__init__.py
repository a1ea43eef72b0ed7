"""Decisions over a ledger: record, propose, sample, lists, campaigns, what stands."""
