"""Compares again with a remedy in place: what it closes, leaves and hides. No proof without calibration."""
