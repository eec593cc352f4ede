"""Emoji from one's own face: cuts heads out of pictures and restyles them."""
