"""From links to clusters: communities, refinement, shared queues, lineage, near accounts."""
