"""The processes beside the bench: their protocol, sandbox and entry points."""
