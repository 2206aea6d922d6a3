"""The subsidy as pure functions: schemes as data, what is paid and why, who may apply."""
