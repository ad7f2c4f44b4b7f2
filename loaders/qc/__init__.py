"""Quality control: what is counted while a load runs, what it means, and the report that a person looks at."""
