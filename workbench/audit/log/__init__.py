"""The log itself: chain, tree, append, verify, checkpoints, proofs, transfer and merge."""
