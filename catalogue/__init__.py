"""Core functions, single products, packages, their review and their publication."""
