"""Where pictures go: virtual camera, preview, file."""
