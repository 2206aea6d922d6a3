"""Packages for what a business needs: the sets of packages that cover it at the least own cost."""
