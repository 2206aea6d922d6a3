"""What an SME asks a vendor about a package, and the messages between them."""
