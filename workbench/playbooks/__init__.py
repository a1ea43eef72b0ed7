"""Reads, checks and binds saved queries and playbooks."""
