"""The packages an SME has put aside to look at again, shared by its people."""
