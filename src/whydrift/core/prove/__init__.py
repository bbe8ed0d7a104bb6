"""Compares again with a remedy in place: what it closes, what it leaves, what it hides. No proof without calibration."""
