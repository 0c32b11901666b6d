"""What runs the project: the production layout, and the local services behind `make demo`."""
