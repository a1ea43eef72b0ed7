"""What the records amount to: the reducer, the state, decisions in force, policy."""
