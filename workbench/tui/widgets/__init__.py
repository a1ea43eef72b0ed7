"""The widgets the screens share."""
