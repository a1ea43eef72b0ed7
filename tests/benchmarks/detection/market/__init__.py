"""Worlds drawn from public reports of campaigns and from the known false alarms of each signal."""
