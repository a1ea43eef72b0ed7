"""Everything that leans on the inside of Textual, each piece with its version."""
