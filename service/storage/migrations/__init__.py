"""Migrations of the operational tables, run by `service.storage.migrate.upgrade`."""
