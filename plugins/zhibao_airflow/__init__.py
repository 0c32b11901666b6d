"""What the DAGs share and only Airflow needs: timetables, the wiring of a report, errors as Airflow's own."""

URL_PREFIX = "/zhibao"
"""Below which the plugin's own pages lie in Airflow."""
