"""Everything that is kept: the database, the landing of files, and the keys."""
