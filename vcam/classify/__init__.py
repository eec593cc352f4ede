"""Reads what a face shows."""
