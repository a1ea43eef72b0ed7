"""The grid over results of any size."""
