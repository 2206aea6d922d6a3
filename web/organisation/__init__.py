"""What is the same in every organisation: its details, its people, who looked in."""
