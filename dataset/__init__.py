"""KEEP: the store on disk, its exporters and its checks. Nothing here knows Blender."""
