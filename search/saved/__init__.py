"""Searches that a person keeps, and the notice when something new matches one of them."""
