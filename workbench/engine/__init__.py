"""SQL in, rows out: the gate, the locked-down DuckDB session, spooled results."""
