"""Files in: variants, reads and phenotypes become immutable parts of a dataset version."""
