"""Alembic's entry: runs the revisions inside the transaction that `upgrade` has opened."""

from alembic import context

from service.storage.tables import METADATA

CONFIG = getattr(context, "config", None)

# Whoever only imports the module, as doctest does, has no migration under way.
if CONFIG is not None:
    context.configure(connection=CONFIG.attributes["connection"], target_metadata=METADATA)
    context.run_migrations()
