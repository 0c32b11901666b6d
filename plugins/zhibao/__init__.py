"""The domain package: everything Zhibao knows about returns, rules, figures and reports. It never imports Airflow."""

__version__ = "0.1.0"
