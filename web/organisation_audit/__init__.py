"""What happened in an organisation's own matters, for its owners."""
