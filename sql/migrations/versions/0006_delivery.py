"""Delivery: tries with a time, letters sent once more, bounces, notices, and what a document corrects."""

from pathlib import Path

from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.execute(Path(__file__).with_suffix(".sql").read_text(encoding="utf-8"))


def downgrade() -> None:
    raise RuntimeError("received returns are never dropped: restore a backup instead")
