"""What an operator can do, step by step: `operations.py` puts the parts together."""
