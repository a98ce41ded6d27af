"""What Truthbake brings itself: its machine parts and its procedural distractors."""

import subprocess
import sys

import numpy as np
import pytest

from tests.house import ROOT, module


def test_builtin_parts():
    assets, warnings = module("scene.assets.catalogue").load_library([{"path": "builtin:parts", "unit": "AUTO"}])
    assert warnings == []
    assert len(assets) == 8
    for asset in assets:
        assert 0.03 < asset.diameter < 0.12
        assert 4 <= len(asset.hull) <= 64
        assert asset.source.stat().st_size < 65_000
        if asset.source.suffix != ".glb":  # glTF doubles vertices at sharp edges
            edges = np.zeros(len(asset.mesh.edges), dtype=int)
            np.add.at(edges, [loop.edge_index for loop in asset.mesh.loops], 1)
            assert (edges == 2).all()


def test_the_parts_are_what_their_script_writes(tmp_path):
    subprocess.run([sys.executable, ROOT / "tools" / "make_parts.py", tmp_path], check=True, capture_output=True)
    for path in sorted(tmp_path.iterdir()):
        assert path.read_bytes() == (ROOT / "assets" / "parts" / path.name).read_bytes(), path.name


def test_primitives():
    primitives, solids = module("scene.assets.primitives"), module("scene.assets.solids")
    assets = primitives.primitives()
    assert len(assets) >= 12 and len({asset.key for asset in assets}) == len(assets)
    assert {asset.kind for asset in assets} == {"distractor"}
    assert [asset.mesh for asset in primitives.primitives()] == [asset.mesh for asset in assets]
    for asset, (name, solid) in zip(assets, primitives.catalogue().items()):
        assert solids.open_edges(solid) == 0, name
        assert solids.volume(solid) > 0, name
        assert 0.06 < asset.diameter < 0.15, name
        assert len(asset.mesh.uv_layers) == 1
        assert not asset.has_material
    ball = next(asset for asset in assets if asset.name == "sphere")
    assert ball.diameter == pytest.approx(0.07, rel=1e-6)
    cube = next(asset for asset in assets if asset.name == "cube")
    assert cube.diameter == pytest.approx(0.06 * np.sqrt(3), rel=1e-6)
    assert len(cube.hull) == 8
