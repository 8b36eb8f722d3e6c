"""The operational database: tables, migrations, sessions."""
