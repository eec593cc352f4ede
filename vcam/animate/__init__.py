"""Turns faces and expressions into sprites with a place."""
