"""The headless twin of every screen."""
