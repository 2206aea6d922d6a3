"""Setting the checkout up, before anything is installed: standard library only."""
