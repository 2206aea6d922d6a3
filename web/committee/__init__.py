"""The review committee's room."""
