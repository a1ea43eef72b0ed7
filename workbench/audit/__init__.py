"""The ledger: append, verify, checkpoint; standard library only."""
