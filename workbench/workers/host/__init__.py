"""Host side: starting workers, asking them, following their answers."""
