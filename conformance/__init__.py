"""Checks any GA4GH server from outside, over HTTP; imports nothing else of ours."""
