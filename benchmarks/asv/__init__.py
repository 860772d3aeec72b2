"""What asv measures from commit to commit; see benchmarks/README.md for how to run it."""
