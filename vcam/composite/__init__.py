"""Draws sprites into the picture."""
