"""Where PostgreSQL and the packaged data are read and written; nothing here decides anything."""
