"""The references' experiments, as scikit-learn's own tools run them.

Each module is an experiment: its docstring says what it shows, `REPORTED` what a reference
reports, and `run` has the calls that a user would write.
"""
