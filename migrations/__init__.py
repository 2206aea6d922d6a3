"""The database's own history. Run by the owner role, never by the application's."""
