"""Passports and AAI 1.2: who may see what."""
