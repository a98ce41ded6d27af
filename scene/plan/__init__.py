"""A scene as plain data: drawn from a recipe and a seed, one random stream per concern, no Blender."""
