"""The demonstration: a synthetic Danish cohort in four datasets, and the lines that try it."""
