"""What pages ask for that needs threads, workers or the ledger."""
