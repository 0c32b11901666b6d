"""Reads one return: file → preflight → forked child → typed columns, with the raw value of every changed cell."""
