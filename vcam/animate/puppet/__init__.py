"""The live puppet: an emoji drawn anew for every frame from what the face does."""
