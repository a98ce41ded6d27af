"""The time table still finds what it times: every part of the pipeline has a line with time in it."""

from tests.house import ROOT, load_file, module


def test_every_part_is_timed(tmp_path):
    bench = load_file(ROOT / "tools" / "bench.py", "bench").Bench(tmp_path)
    tiny = ["render.resolution=[32,24]", "render.samples=1", "render.denoise=off", "output.frames_per_scene=1"]
    recipe = module("presets.recipes").compose(["bop_room"], [*tiny, "objects.count=1", "distractors.count=0"])
    pipeline, floor, parts = bench.run(recipe, 1)
    assert 0 < floor and parts["colour render"] < pipeline
    assert len(parts) == 11 and all(seconds > 0 for seconds in parts.values()), parts
