"""The life of a grant application, from the chosen package to its submission."""
