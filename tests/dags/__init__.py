"""DAGs as Airflow loads them: what they are, when they run, and one that really runs."""
