"""Sends approved documents: once to each recipient, with a ledger that says what happened."""
