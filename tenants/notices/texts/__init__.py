"""The words of the notices, by what they are about."""
