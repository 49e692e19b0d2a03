"""What is remembered: schema, migrations, commit of Plans, outbox, queries. The only importer of SQLAlchemy."""
