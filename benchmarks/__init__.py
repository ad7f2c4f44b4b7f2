"""Benchmarks: how fast a node loads and answers, measured on generated data through its real command line and HTTP."""
