"""Alembic's entry: runs the migrations over the connection that the caller has opened."""

from alembic import context
from sqlalchemy import Connection

connection: Connection = context.config.attributes["connection"]
context.configure(connection=connection, version_table_schema="zhibao", transaction_per_migration=True)
with context.begin_transaction():
    context.run_migrations()
