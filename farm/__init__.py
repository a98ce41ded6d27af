"""SPREAD: many scenes on many processes. Nothing here knows Blender, but how to start it."""
