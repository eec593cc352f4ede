"""Train, measure and export the expression network; never imported by `vcam`."""
