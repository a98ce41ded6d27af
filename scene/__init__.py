"""STAGE: from a recipe and a seed to a staged scene.

`assets` brings CAD models in, `plan` draws what a scene holds (pure, seeded), `stage` builds it in Blender.
"""
