"""Money and the life of an application: schemes, eligibility, estimates, comparison, grant applications."""
