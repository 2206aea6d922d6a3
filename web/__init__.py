"""Pages, API and command line: parse, call a service, render."""
