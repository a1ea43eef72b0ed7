"""The SQL editor: completion and what statements need."""
