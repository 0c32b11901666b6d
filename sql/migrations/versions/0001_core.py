"""The tables that every programme shares: what was received, found, accepted, computed, approved and sent."""

from pathlib import Path

from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.execute(Path(__file__).with_suffix(".sql").read_text(encoding="utf-8"))


def downgrade() -> None:
    raise RuntimeError("received returns are never dropped: restore a backup instead")
