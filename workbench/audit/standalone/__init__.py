"""The verifier that travels with a packet; it imports nothing of this program."""
