"""The benchmarks that the README quotes: ratios within one run on one machine, never absolute times."""
