"""Where pictures come from: webcam, clip, demo."""
