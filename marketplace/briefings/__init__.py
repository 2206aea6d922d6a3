"""Briefings (説明会): announced by the secretariat, booked by people, with a waiting list."""
