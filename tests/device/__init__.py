"""vcam against the real things: PipeWire and Chromium on this machine, v4l2loopback in a virtual one.

`python -m tests.device` runs all that this machine allows and prints a table; see docs/devices.md.
"""
