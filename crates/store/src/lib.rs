//! What Vidicon remembers: schema, migrations and typed queries, on `SQLite` or `PostgreSQL`.
