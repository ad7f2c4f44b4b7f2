"""Tests of the benchmarks: what they generate, how they ask and what they print."""
