"""The pages of the bench, one a file, and what they share."""
