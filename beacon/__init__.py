"""Beacon v2.2: what is in the data."""
