"""A planned scene built in Blender, in scenes of its own: the user's scene is never touched."""
