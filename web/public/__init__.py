"""The public site: no account, nothing but publications."""
