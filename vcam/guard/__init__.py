"""Decides what may be released: fail-closed, frame by frame."""
