"""Outside text made safe to show, and figures and counts in words."""
