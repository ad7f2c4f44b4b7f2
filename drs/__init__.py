"""DRS 1.5: where an object lives."""
