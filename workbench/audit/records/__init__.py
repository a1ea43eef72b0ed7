"""One record: its bytes, fields, account sets, identity, keys and signatures."""
