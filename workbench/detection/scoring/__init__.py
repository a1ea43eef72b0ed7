"""What a cluster scores, which innocent explanations fit, what breaks without a source."""
