"""Quotes (見積書): what a vendor offers an SME, in lines of registered products at registered prices."""
