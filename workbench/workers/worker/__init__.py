"""Worker side: the entry points and what runs behind the sandbox."""
