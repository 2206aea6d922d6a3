"""The vendor's rooms: its listings, its imports, the applications it handles."""
