"""The looks of objects: rules, their draws, and what shares them."""

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest

from truthbake.scene.assets.texture_sets import TextureSet
from truthbake.scene.plan import background, looks, materials
from truthbake.scene.plan.objects import ObjectPlan
from truthbake.scene.plan.streams import stream
from truthbake.scene.plan.supplies import Supplies

from .test_plan_draw import LIMIT, distance

SECTION = {
    "targets": "random", "distractors": "random", "roughness": [0.1, 0.7], "metallic": [0.0, 0.5],
    "specular": [0.2, 0.8], "transmission": 0.0, "value": [0.1, 0.9], "saturation": [0.0, 0.8],
    "pictures": "", "texture_sets": "", "repeats": [1.0, 2.0], "rules": [],
}  # fmt: skip
RULE = {
    "models": "*", "kind": "all", "look": "random", "draw": "instance",
    "inputs": ["roughness", "metallic", "specular"], "roughness": [0.1, 0.7], "metallic": [0.0, 0.5],
    "specular": [0.2, 0.8], "transmission": 0.0, "value": [0.1, 0.9], "saturation": [0.0, 0.8], "pictures": "",
    "texture_sets": "", "use_replacement": True, "patterns": ["noise", "checker", "mixed"], "repeats": [1.0, 2.0],
    "color_mix": 0.0, "use_class_color": False, "color_modes": 1, "color_variation": 0.0, "use_emission": False,
    "emission_strength": 1.0,
}  # fmt: skip


@dataclass
class Shape:
    key: str
    kind: str
    name: str
    class_id: int
    source: Path | None = None


SHAPES = {
    shape.key: shape
    for shape in (
        Shape("obj_000001", "target", "mug", 1, Path("/data/custom/obj_000001.ply")),
        Shape("obj_000002", "target", "plate", 2, Path("/data/custom/obj_000002.ply")),
        Shape("distractor_obj_000001", "distractor", "obj_000001", 1, Path("/data/tless/models/obj_000001.ply")),
        Shape("distractor_obj_000002", "distractor", "obj_000002", 2, Path("/data/itodd/models/obj_000002.ply")),
        Shape("distractor_obj_000003", "distractor", "obj_000003", 3, Path("/data/ycbv/models/obj_000003.ply")),
        Shape("primitive_cube", "distractor", "cube", 4),
    )
}
PICTURES = [f"{number}.jpg" for number in range(8)]
SETS = [TextureSet(name=f"set{number}", color=f"{number}_Color.jpg") for number in range(5)]
SUPPLIES = Supplies(["a.exr"], {"dtd": PICTURES}, {"cc": SETS})


def objects(*keys):
    return [ObjectPlan(number, key, SHAPES[key].kind) for number, key in enumerate(keys, start=1)]


ALL = objects(*SHAPES)


def drawn(rules=(), scene=0, items=ALL, seed=5, supplies=SUPPLIES, **section):
    whole = SECTION | section | {"rules": [RULE | rule for rule in rules]}
    return looks.materials(whole, items, SHAPES, supplies, scene, lambda *place: stream(seed, *place))


def series(rules, key, count=2000):
    """The material of one object in many scenes."""
    (item,) = objects(key)
    return [drawn(rules, scene, [item])[1] for scene in range(count)]


# Which rule fits --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("models", "fitting"),
    [
        ("*", list(SHAPES)),
        ("mug", ["obj_000001"]),
        ("MUG, plate", ["obj_000001", "obj_000002"]),
        ("*/tless/*", ["distractor_obj_000001"]),
        ("*/tless/*, */itodd/*", ["distractor_obj_000001", "distractor_obj_000002"]),
        ("primitive_*", ["primitive_cube"]),
        ("obj_00000?", [key for key in SHAPES if "obj" in key]),
        ("nothing", []),
    ],
)
def test_rules_fit_by_class_key_or_file(models, fitting):
    assert [key for key, shape in SHAPES.items() if looks.fits(models, shape)] == fitting


def test_the_first_rule_that_fits_decides():
    rules = [
        RULE | {"models": "mug", "look": "keep"},
        RULE | {"kind": "distractors", "look": "glass"},
        RULE | {"models": "obj_000002", "look": "metal"},
    ]
    found = [looks.rule_for(SECTION | {"rules": rules}, item, SHAPES)[0] for item in ALL]
    assert found == [0, 2, 1, 1, 1, 1]
    found = [looks.rule_for(SECTION | {"rules": rules[:2]}, item, SHAPES)[0] for item in ALL]
    assert found == [0, -1, 1, 1, 1, 1]


# Row A09 ----------------------------------------------------------------------------------------------------------

ROW_A09 = [
    {"models": "*/tless/*", "value": [0.1, 0.9], "saturation": 0.0, "roughness": [0.0, 0.5], "specular": [0.3, 1.0],
     "metallic": [0.0, 0.5]},
    {"models": "*/itodd/*", "value": [0.1, 0.9], "saturation": 0.0, "roughness": [0.0, 0.5], "metallic": [0.5, 1.0]},
    {"models": "*/ycbv/*, */hb/*", "look": "adjust", "inputs": ["roughness"], "roughness": [0.0, 0.5]},
    {"kind": "targets", "draw": "data_set", "specular": [0.2, 0.5], "metallic": [0.0, 0.15],
     "roughness": [0.025, 0.2], "transmission": [0.1, 0.4]},
]  # fmt: skip


def even(values, low, high):
    return distance(values, lambda x: (x - low) / (high - low)) < LIMIT * np.sqrt(2)


def test_row_a09_tless():
    found = series(ROW_A09, "distractor_obj_000001")
    assert all(plan.color[0] == plan.color[1] == plan.color[2] for plan in found)
    assert even([plan.color[0] for plan in found], 0.1, 0.9)
    assert even([plan.roughness for plan in found], 0.0, 0.5)
    assert even([plan.specular for plan in found], 0.3, 1.0)
    assert even([plan.metallic for plan in found], 0.0, 0.5)


def test_row_a09_itodd_and_textured_ones():
    found = series(ROW_A09, "distractor_obj_000002")
    assert even([plan.metallic for plan in found], 0.5, 1.0) and even([plan.color[1] for plan in found], 0.1, 0.9)
    textured = series(ROW_A09, "distractor_obj_000003", 50)
    assert {(plan.look, plan.inputs) for plan in textured} == {("adjust", ("roughness",))}


def test_row_a09_custom_targets_are_drawn_once_for_all():
    found = series(ROW_A09, "obj_000001", 20)
    assert len(set(found)) == 1
    assert found[0] == drawn(ROW_A09, 3)[2]
    others = [drawn(ROW_A09, 0, objects("obj_000001"), seed)[1] for seed in range(2000)]
    assert even([plan.specular for plan in others], 0.2, 0.5) and even([plan.metallic for plan in others], 0.0, 0.15)
    assert even([plan.roughness for plan in others], 0.025, 0.2)
    assert even([plan.transmission for plan in others], 0.1, 0.4)


@pytest.mark.parametrize(("draw", "differ"), [("instance", 4), ("class", 2), ("scene", 1), ("data_set", 1)])
def test_who_shares_a_draw(draw, differ):
    items = objects("obj_000001", "obj_000001", "obj_000002", "obj_000002")
    found = [drawn([{"draw": draw, "look": "pattern"}], scene, items) for scene in range(2)]
    assert len(set(found[0].values())) == differ
    assert (found[0] == found[1]) is (draw == "data_set")


# One change shifts nothing else -------------------------------------------------------------------------------------


@pytest.mark.parametrize("look", ["keep", "adjust", "plastic", "metal", "glass", "picture", "pattern", "mixed"])
def test_a_rule_changes_only_whom_it_fits(look):
    before, after = drawn(), drawn([{"models": "mug", "look": look, "pictures": "dtd"}])
    assert [number for number in before if before[number] != after[number]] == [1]


def test_a_range_changes_only_its_input():
    before, after = drawn(), drawn(roughness=[0.9, 1.0])
    assert all(replace(before[n], roughness=0.0) == replace(after[n], roughness=0.0) for n in before)
    assert all(before[n].roughness != after[n].roughness for n in before)
    mixed = [{"look": "picture", "pictures": "dtd"}, {"look": "picture", "pictures": "dtd", "color_mix": [0.2, 0.9]}]
    before, after = drawn(mixed[:1]), drawn(mixed[1:])
    assert all(replace(before[n], color_mix=0.0) == replace(after[n], color_mix=0.0) for n in before)


def test_more_objects_change_no_look():
    short, long = drawn(items=ALL[:2] + ALL[2:4]), drawn(items=ALL)
    assert all(short[n] == long[n] for n in short)
    # Nor do more targets change the looks of distractors.
    one, two = objects("obj_000001", "primitive_cube"), objects("obj_000001", "obj_000002", "primitive_cube")
    assert drawn([{"look": "mixed"}], items=one)[2] == drawn([{"look": "mixed"}], items=two)[3]


def test_without_rules_an_object_has_the_material_that_its_stream_gives():
    """The seven numbers of the plain material are those of `materials.material`, whatever the look."""
    rng = stream(5, 0, "target materials")
    for number in (1, 2):
        plain = materials.material(rng, SECTION)
        assert replace(drawn()[number], repeats=1.0) == plain


# What looks show ----------------------------------------------------------------------------------------------------


def test_row_b08_stuff():
    """B08: random plastic, metal and glass; a picture with roughness U(.1, .5)."""
    plastic = series([{"look": "plastic"}], "primitive_cube", 300)
    assert {(plan.metallic, plan.transmission) for plan in plastic} == {(0.0, 0.0)}
    metal = series([{"look": "metal"}], "primitive_cube", 300)
    assert {plan.metallic for plan in metal} == {1.0} and len({plan.color for plan in metal}) == 7
    glass = series([{"look": "glass"}], "primitive_cube", 300)
    assert {plan.transmission for plan in glass} == {1.0} and max(plan.roughness for plan in glass) < 0.16
    textured = series([{"look": "adjust", "inputs": ["roughness"], "roughness": [0.1, 0.5]}], "obj_000001", 2000)
    assert even([plan.roughness for plan in textured], 0.1, 0.5)
    mixed = series([{"look": "mixed", "pictures": "dtd", "texture_sets": "cc"}], "primitive_cube", 1400)
    seven = [
        sum(bool(plan.picture) for plan in mixed), sum(bool(plan.maps) for plan in mixed),
        sum(bool(plan.surface) for plan in mixed), sum(plan.transmission == 1.0 for plan in mixed),
        sum(plan.metallic == 1.0 for plan in mixed),
    ]  # fmt: skip
    assert (np.abs(np.array(seven) - 200) < 60).all()


def test_texture_sets_are_drawn_for_each_object():
    found = series([{"look": "texture_set", "texture_sets": "cc"}], "obj_000001", 1000)
    numbers = [SETS.index(plan.maps) for plan in found]
    assert (np.abs(np.bincount(numbers, minlength=5) - 200) < 60).all()
    shared = drawn([{"look": "texture_set", "texture_sets": "cc", "draw": "scene"}])
    assert len({plan.maps for plan in shared.values()}) == 1


def test_patterns_stand_in_where_there_are_no_files():
    for look in ("picture", "texture_set"):
        for plan in drawn([{"look": look}]).values():
            assert plan.surface and not plan.picture and not plan.maps
            assert plan.surface.pattern in RULE["patterns"]


def test_row_d05_pictures_without_replacement():
    """D05: each object of a scene, and the background, shows another picture."""
    items = objects(*["obj_000001"] * 7)
    section = {
        "mode": "screen", "surfaces": ["picture"], "pictures": "dtd", "texture_sets": "", "texture_size": 20.0,
        "use_unused_pictures": True, "screen_distance": 3.0, "screen_size": 20.0, "color": 0.0, "use_sky_light": False,
        "room_size": [4, 4, 2],
    }  # fmt: skip
    seen = set()
    for scene in range(60):
        found = drawn([{"look": "picture", "pictures": "dtd", "use_replacement": False}], scene, items)
        shown = {plan.picture for plan in found.values()}
        rngs = [stream(5, scene, name) for name in ("surfaces", "sky", "surface textures")]
        behind = background.background(section, SUPPLIES, *rngs, shown).surface
        assert len(shown) == 7 and shown | {behind.picture} == set(PICTURES)
        seen.add(tuple(plan.picture for plan in found.values()))
    assert len(seen) == 60
    # More objects than pictures: each is used once before any is used twice.
    items = objects(*["obj_000001"] * 20)
    found = drawn([{"look": "picture", "pictures": "dtd", "use_replacement": False}], 0, items)
    counts = np.unique([plan.picture for plan in found.values()], return_counts=True)[1]
    assert len(counts) == 8 and set(counts) == {2, 3}


def hue(plan) -> float:
    import colorsys

    return colorsys.rgb_to_hsv(*plan.color)[0]


def test_row_d05_class_colours():
    """D05: a hue for each class, the same in the whole data set; num_modes of them; each object off by a little."""
    rule = {"use_class_color": True, "saturation": [0.4, 0.9]}
    hues = {key: {round(hue(plan), 9) for plan in series([rule], key, 30)} for key in ("obj_000001", "obj_000002")}
    assert all(len(found) == 1 for found in hues.values()) and hues["obj_000001"] != hues["obj_000002"]
    # Saturation and value still are the object's own.
    assert len({plan.color for plan in series([rule], "obj_000001", 30)}) == 30
    modes = [hue(plan) for plan in series([rule | {"color_modes": 3}], "obj_000001", 300)]
    assert len({round(value, 9) for value in modes}) == 3
    (middle,) = hues["obj_000001"]
    varied = series([rule | {"color_variation": {"normal": [0.0, 0.05]}}], "obj_000001", 500)
    away = (np.array([hue(plan) for plan in varied]) - middle + 0.5) % 1.0 - 0.5
    assert abs(away.mean()) < 0.01 and abs(away.std() - 0.05) < 0.01
    others = {round(hue(drawn([rule], 0, objects("obj_000001"), seed)[1]), 6) for seed in range(20)}
    assert len(others) == 20


def test_row_d05_mix_and_emission():
    found = drawn([{"look": "picture", "pictures": "dtd", "color_mix": 0.4, "use_emission": True}])
    assert {(plan.color_mix, plan.emission) for plan in found.values()} == {(0.4, 1.0)}
    assert {plan.emission for plan in drawn([{"look": "picture", "pictures": "dtd"}]).values()} == {0.0}


# Floors and walls ---------------------------------------------------------------------------------------------------

AROUND = {
    "mode": "room", "surfaces": ["texture_set"], "pictures": "", "texture_sets": "cc", "texture_size": [0.5, 2.0],
    "use_unused_pictures": False, "screen_distance": 3.0, "screen_size": 20.0, "color": [0.2, 0.4],
    "use_sky_light": True, "room_size": [4.0, 4.0, 2.0], "hdri_strength": [1.1, 2.0], "hdri_rotation": [-180.0, 180.0],
}  # fmt: skip


def around(scene=0, supplies=SUPPLIES, **changes):
    rngs = [stream(5, scene, name) for name in ("surfaces", "sky", "surface textures")]
    return background.background(AROUND | changes, supplies, *rngs)


def test_row_a08_one_texture_set_for_the_room():
    found = [around(scene) for scene in range(1000)]
    assert (np.abs(np.bincount([SETS.index(plan.surface.maps) for plan in found]) - 200) < 60).all()
    assert even([1 / plan.surface.scale for plan in found][:1000], 0.5, 2.0)


def test_row_b07_dome_light():
    """B07: a new HDR for each scene, strength U(1.1, 2), rotation U(-pi, pi), which is also the background."""
    supplies = Supplies(["a.hdr", "b.hdr", "c.hdr"])
    found = [around(scene, supplies, mode="hdri") for scene in range(2000)]
    assert all(plan.sky and plan.surface is None and plan.color is None and not plan.is_transparent for plan in found)
    assert {plan.sky.hdri for plan in found} == {"a.hdr", "b.hdr", "c.hdr"}
    assert even([plan.sky.strength for plan in found], 1.1, 2.0)
    assert even([plan.sky.rotation for plan in found], -180.0, 180.0)


@pytest.mark.parametrize(
    ("mode", "sky", "surface", "transparent"),
    [
        ("room", False, True, False),
        ("plane", True, True, False),
        ("hdri", True, False, False),
        ("color", True, False, False),
        ("transparent", True, False, True),
        ("photograph", True, False, True),
        ("screen", True, True, False),
    ],
)
def test_what_each_mode_has(mode, sky, surface, transparent):
    plan = around(mode=mode)
    assert (plan.sky is not None, plan.surface is not None, plan.is_transparent) == (sky, surface, transparent)
    assert plan.has_floor is (mode in ("room", "plane"))
    if mode not in ("room", "plane", "hdri"):
        assert around(mode=mode, use_sky_light=False).sky is None


def test_plain_colour():
    colors = np.array([around(scene, mode="color").color for scene in range(2000)])
    assert all(even(colors[:, channel], 0.2, 0.4) for channel in range(3))


def test_surfaces_without_files_are_patterns():
    found = [around(scene, surfaces=["picture", "texture_set"], texture_sets="") for scene in range(100)]
    assert {plan.surface.pattern for plan in found} == set(materials.PATTERNS)
    found = [around(scene, surfaces=["picture", "brick"], texture_sets="") for scene in range(20)]
    assert {plan.surface.pattern for plan in found} == {"brick"}


def test_mixed_patterns_blend_two():
    parts = {around(scene, surfaces=["mixed"]).surface.parts for scene in range(300)}
    assert len(parts) == 25


def test_environments_are_drawn():
    supplies = replace(SUPPLIES, environments=["a.blend", "b.blend"])
    assert {around(scene, supplies, mode="environment").environment for scene in range(20)} == {"a.blend", "b.blend"}
