"""Pictures of a pack, from a file or a character to pixels at the wished size."""
