"""Finds faces and follows them."""
