"""BAKE: from a staged scene to a labelled frame.

`picture`, `truth` and `device` drive Cycles; `decode`, `silhouette` and `annotate` are pure and turn what it wrote
into labels.
"""
