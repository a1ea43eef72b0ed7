"""What is measured of clusters and accounts: figures, activity in step, what prompts are for."""
