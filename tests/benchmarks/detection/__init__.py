"""Examines the finding of campaigns on generated worlds; see `__main__`."""
