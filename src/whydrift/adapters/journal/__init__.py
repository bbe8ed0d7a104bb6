"""What an apply did, on disk, written before and after each write, so that a killed one can go on."""
