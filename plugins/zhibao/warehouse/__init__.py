"""From accepted rows to figures, as of any instant: runs `sql/` and leads each figure back to its rows."""
