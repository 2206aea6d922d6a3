"""Ground floor: who acts, in which organisation, and what is kept of it."""
