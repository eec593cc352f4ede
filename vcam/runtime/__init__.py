"""Threads, slots and deadlines that keep pictures moving."""
