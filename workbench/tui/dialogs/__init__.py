"""Dialogs: what a key asks before it acts, and what it shows whole."""
