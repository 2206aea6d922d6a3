"""The demo: made-up people and data on real parts, started and stopped as one."""
