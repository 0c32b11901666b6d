"""Return rulings: which returns a person has exempted, and which closed ones may come in again."""

from pathlib import Path

from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.execute(Path(__file__).with_suffix(".sql").read_text(encoding="utf-8"))


def downgrade() -> None:
    raise RuntimeError("received returns are never dropped: restore a backup instead")
