"""Japanese product search over what was published."""
