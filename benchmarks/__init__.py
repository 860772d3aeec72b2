"""Scripts that measure, and the results that they have written."""
