"""Vendor registration: the form, its papers, the review by the committee, and how a vendor stands."""
