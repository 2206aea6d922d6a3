"""The secretariat's desk: review, publication, master data, the audit trail."""
