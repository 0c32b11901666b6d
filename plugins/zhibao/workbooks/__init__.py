"""Workbooks that offices are given: the blank template, and their own return marked up."""
