"""Everything that leans on the inside of Textual, each piece with a test of what it touches."""

# What each piece was written for and tested with; another version is another reading of its source.
TEXTUAL_VERSION = "8.2.8"
