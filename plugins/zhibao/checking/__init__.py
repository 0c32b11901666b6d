"""Checks returns by the Great Expectations suites in `expectations/`, many returns of a form at a time."""
