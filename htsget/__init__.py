"""htsget 1.3: which bytes answer a region."""
