"""Alembic's entry: runs the revisions inside the transaction that `upgrade` has opened."""

from alembic import context

from service.storage.tables import METADATA

context.configure(connection=context.config.attributes["connection"], target_metadata=METADATA)
context.run_migrations()
