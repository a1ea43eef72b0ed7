"""Reading bytes: streams, records, text staging, Parquet."""
