"""How much a shared value speaks for membership, and who belongs."""
