"""Indexes of compressed genome files: bytes in, virtual offsets out."""
