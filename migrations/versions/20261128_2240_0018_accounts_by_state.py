"""Nobody is looked for by the state of the account alone: nearly everybody is active, and SQLite took it for a choice of few.

Revision: 0018, after 0017.
"""

from __future__ import annotations

from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.drop_index("ix_user_account_state", table_name="user_account")


def downgrade() -> None:
    """Undo."""
    op.create_index("ix_user_account_state", "user_account", ["state"])
