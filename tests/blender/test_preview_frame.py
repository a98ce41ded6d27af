"""Preview Frame: one frame small, with its labels side by side, and everything as before."""

import bpy
import numpy as np
import pytest

from tests.blender.pressing import TINY, complaint, datablocks
from tests.blender.test_preview import MOVING, furnished, stage, staged, state  # noqa: F401 - a fixture
from tests.house import module

tree = module("presets.tree")
current = module("presets.current")
drawing = module("dataset.tiles")
overlay = module("dataset.overlay")

WIDTH, GAP, CAPTION = 64, drawing.GAP, drawing.CAPTION


@pytest.fixture(autouse=True)
def small():
    preview = bpy.context.window_manager.truthbake_preview
    preview.width, preview.samples = WIDTH, 1
    yield
    preview.width, preview.samples = 320, 16
    module("operators.pictures").forget("Truthbake Preview")


def shown() -> np.ndarray:
    """The picture's pixels, (H, W, 3) uint8, top row first."""
    (image,) = [image for image in bpy.data.images if image.get("truthbake_picture") == "Truthbake Preview"]
    width, height = image.size
    pixels = np.empty(width * height * 4, np.float32)
    image.pixels.foreach_get(pixels)
    return np.rint(pixels.reshape(height, width, 4)[::-1, :, :3] * 255).astype(np.uint8)


def tiles(pixels) -> list[np.ndarray]:
    """The five pictures, row by row; what is left of the second row is empty."""
    height = (pixels.shape[0] + GAP) // 2
    rows, columns = range(0, pixels.shape[0], height), range(0, pixels.shape[1], WIDTH + GAP)
    found = [pixels[y + CAPTION : y + height - GAP, x : x + WIDTH] for y in rows for x in columns]
    assert np.ptp(found.pop().reshape(-1, 3), axis=0).max() == 0
    return found


def preview(**properties):
    with bpy.context.temp_override(scene=staged() or bpy.context.scene):
        assert bpy.ops.truthbake.preview_frame(**properties) == {"FINISHED"}
    return tiles(shown())


def baked(folder, scene, frame) -> list[np.ndarray]:
    """The pictures of a stored frame at its own size."""
    found = module("dataset.store").Store.open(folder).frame(scene, frame)
    return [np.asarray(draw(found, WIDTH)) for draw in drawing.PICTURES]


@pytest.mark.parametrize("recipe", [{}, MOVING], ids=["still", "moving"])
def test_it_shows_the_frame_that_a_bake_writes(tiny, settings, recipe):
    tree.apply(settings, tree.merge(TINY, recipe))
    settings.output.folder = str(tiny)
    bpy.ops.truthbake.bake()
    stage(index=1, frame=1)
    found = preview()
    assert len(found) == 5
    for picture, expected in zip(found, baked(tiny, 1, 1), strict=True):
        assert np.array_equal(picture, expected)
    assert not np.array_equal(preview(index=0, frame=0)[1], found[1])
    bpy.ops.truthbake.clear_stage()
    assert "Truthbake Preview" not in bpy.data.images, "Clear takes the picture away too"


def test_a_smaller_picture_shows_the_same(tiny, settings):
    settings.render.resolution = (256, 192)
    settings.output.folder = str(tiny)
    settings.render.samples = 4
    bpy.ops.truthbake.bake(last=1)
    bpy.context.window_manager.truthbake_preview.samples = 16
    found, expected = preview(index=0, frame=1), baked(tiny, 0, 1)
    for picture, other in zip(found[1:], expected[1:], strict=True):
        assert np.array_equal(picture, other), "labels have their full size"
    assert np.abs(found[0].astype(float) - expected[0]).mean() < 6.0


@pytest.mark.parametrize(
    "recipe", [{}, {"sensor": {"k1": 0.1, "use_noise": True}}, {"background": {"mode": "photograph"}}]
)
def test_everything_is_as_before(tiny, settings, furnished, recipe):  # noqa: F811
    tree.apply(settings, tree.merge(TINY, recipe))
    before, counts = state(furnished), datablocks()
    preview(index=0, frame=0)
    module("operators.pictures").forget("Truthbake Preview")
    assert datablocks() == counts and state(furnished) == before
    scene = stage(index=0)
    state(scene)  # asking a scene for its recipe makes one
    held, labels, counts = state(scene), scene[current.LABELS], datablocks()
    preview()
    module("operators.pictures").forget("Truthbake Preview")
    assert state(scene) == held and scene[current.LABELS] == labels and datablocks() == counts
    bpy.ops.truthbake.clear_stage()
    assert state(furnished) == before


def test_mistakes_are_one_line(tiny, settings, monkeypatch):
    counts = datablocks()
    settings.materials.targets, settings.materials.pictures = "PICTURE", "/nowhere"
    assert "materials.pictures" in complaint(bpy.ops.truthbake.preview_frame)
    settings.materials.targets = "RANDOM"
    settings.materials.pictures = ""

    def fail(*arguments, **properties):
        raise OSError("no\nspace")

    monkeypatch.setattr(module("render.bake").picture, "render", fail)
    assert complaint(bpy.ops.truthbake.preview_frame) == "no space"
    assert datablocks() == counts


def test_clear_takes_a_picture_alone(tiny):
    preview(index=0)
    assert bpy.ops.truthbake.clear_stage() == {"FINISHED"}
    assert "Truthbake Preview" not in bpy.data.images
    with pytest.raises(RuntimeError, match="No scene is staged"):
        bpy.ops.truthbake.clear_stage()
