"""The ways to place objects: what each promises, and the distributions that it draws from."""

from itertools import combinations

import numpy as np
import pytest

from tests.pure.test_plan_placement import Shape, box_of, corners, gap
from truthbake.scene.plan import draw
from truthbake.scene.plan.objects import ObjectPlan
from truthbake.scene.plan.placement import flight, place, reserved
from truthbake.scene.plan.placement.given import assigned
from truthbake.scene.plan.placement.orientation import downwards, euler
from truthbake.scene.plan.placement.resting import faces
from truthbake.scene.plan.placement.stack import GAP, QUARTER_TURNS

SECTION = {
    "mode": "float", "orientation": "auto", "rotation": [0, 0, 0], "rotation_noise": 0.0, "max_tries": 500,
    "volume_min": [-0.3, -0.3, 0.0], "volume_max": [0.3, 0.3, 0.6],
    "volume_min_inset": [0, 0, 0], "volume_max_inset": [0, 0, 0], "occlusion": [0, 0],
    "center": [0, 0, 0], "surface_height": 0.0,
    "stack_probability": 0.7, "stack_minimum": 4, "stack_turn_probability": 0.3, "stack_turn": 11.25,
    "stack_shift_probability": 0.5, "stack_shift": 0.005,
    "chain_distance": {"normal": [0.35, 0.035]}, "chain_spacing": 0.25, "chain_height": {"normal": [0, 0.05]},
    "mass": [0.001, 5.0], "force": [-10.0, 10.0], "force_probability": 0.01, "step_interval": 100,
    "use_walls": True, "wall_tilt": 0.0, "free_center": [0, 0, 0.3], "free_radius": 0.0,
    "poses": [],
}  # fmt: skip


def box_shape(size, key="box", origin=(0.0, 0.0, 0.0)) -> Shape:
    """A box of these edges around ``origin``, with its corners for a hull."""
    half = np.array(size) / 2
    shape = Shape(np.array(origin) - half, np.array(origin) + half, key)
    shape.hull = np.array([[x, y, z] for x in (-1, 1) for y in (-1, 1) for z in (-1, 1)]) * half + origin
    return shape


SHAPES = {
    "plate": box_shape((0.12, 0.08, 0.01), "plate", (0.06, 0.04, 0.005)),
    "cube": box_shape((0.06, 0.06, 0.06), "cube", (0, 0, 0.13)),
    "rod": box_shape((0.01, 0.02, 0.15), "rod"),
}


def plans(count, names=tuple(SHAPES)):
    return [ObjectPlan(n, names[n % len(names)], "target") for n in range(1, count + 1)]


def placed(mode, count, seed=0, changes=(), shapes=SHAPES):
    section = SECTION | {"mode": mode} | dict(changes)
    items = plans(count, tuple(shapes))
    poses, left_out = place(np.random.default_rng(seed), section, items, shapes)
    assert sorted([*poses, *left_out]) == [item.instance for item in items]
    return poses, left_out, {item.instance: shapes[item.model] for item in items}


def uniform_gap(values) -> float:
    """The largest distance between the distribution of values in [0, 1] and the uniform one (Kolmogorov-Smirnov)."""
    values = np.sort(values)
    steps = np.arange(len(values) + 1) / len(values)
    return float(max(np.abs(values - steps[:-1]).max(), np.abs(values - steps[1:]).max()))


def limit(count) -> float:
    return 1.95 / np.sqrt(count)  # a chance of one in a thousand


@pytest.mark.parametrize("mode", ["float", "drop", "surface", "stack", "chain", "flight"])
@pytest.mark.parametrize("count", [1, 12])
@pytest.mark.parametrize("size", [0.001, 1.0])
def test_boxes_are_apart(mode, count, size):
    shapes = {key: box_shape((shape.maximum - shape.minimum) * size, key) for key, shape in SHAPES.items()}
    poses, _, models = placed(mode, count, 3, {}, shapes)
    assert poses
    boxes = [box_of(pose, models[instance]) for instance, pose in poses.items()]
    assert all(gap(one, other) > 0 for one, other in combinations(boxes, 2))
    for pose in poses.values():
        np.testing.assert_allclose(pose[:3, :3] @ pose[:3, :3].T, np.eye(3), atol=1e-12)
        assert np.linalg.det(pose[:3, :3]) > 0


@pytest.mark.parametrize("mode", ["float", "surface", "stack", "chain", "flight", "drop"])
def test_more_objects_move_none_of_those_before(mode):
    few, many = placed(mode, 5)[0], placed(mode, 9)[0]
    if mode == "chain":  # its middle moves
        few, many = ({n: pose[:3, 3] - poses[1][:3, 3] for n, pose in poses.items()} for poses in (few, many))
    for instance in range(1, 6):
        np.testing.assert_allclose(few[instance], many[instance], atol=1e-12)


# Orientation --------------------------------------------------------------------------------------------------------


def angles(rotations):
    trace = np.trace(rotations, axis1=1, axis2=2)
    return np.arccos(np.clip((trace - 1) / 2, -1, 1))


def so3_gap(rotations) -> float:
    """How far the angles and the axes' directions are from those of rotations uniform on SO(3)."""
    turned = angles(rotations)
    return max(
        uniform_gap((turned - np.sin(turned)) / np.pi),
        *(uniform_gap((rotations[:, row, column] + 1) / 2) for row in range(3) for column in range(3)),
    )


@pytest.mark.parametrize("mode", ["float", "drop", "flight"])
def test_rotations_in_the_air_are_uniform_on_so3(mode):
    tiny = {"dot": box_shape((1e-6, 1e-6, 1e-6), "dot")}
    section = SECTION | {"mode": mode}
    rng = np.random.default_rng(4)
    found = np.array([place(rng, section, plans(1, ("dot",)), tiny)[0][1][:3, :3] for _ in range(3000)])
    assert so3_gap(found) < limit(3000)
    naive = np.array([euler(rng.uniform(-180, 180, 3)) for _ in range(3000)])
    assert so3_gap(naive) > 2 * limit(3000), "this test must fail for angles drawn one by one"


def test_euler_angles_are_those_of_blender():
    quarter = euler([90, 0, 0])
    np.testing.assert_allclose(quarter @ [0, 1, 0], [0, 0, 1], atol=1e-12)
    np.testing.assert_allclose(euler([90, 0, 90]) @ [0, 0, 1], euler([0, 0, 90]) @ quarter @ [0, 0, 1], atol=1e-12)
    np.testing.assert_allclose(euler([0, 90, 0]) @ [1, 0, 0], [0, 0, -1], atol=1e-12)
    np.testing.assert_allclose(
        euler([10, 20, 30]), euler([0, 0, 30]) @ euler([0, 20, 0]) @ euler([10, 0, 0]), atol=1e-12
    )


def test_upright_keeps_the_vertical_and_turns_evenly():
    dot = {"dot": box_shape((1e-3, 1e-3, 1e-3), "dot")}
    section = SECTION | {"mode": "surface", "orientation": "upright"}
    rng = np.random.default_rng(0)
    found = np.array([place(rng, section, plans(1, ("dot",)), dot)[0][1] for _ in range(1500)])
    np.testing.assert_allclose(found[:, 2, 2], 1.0, atol=1e-12)
    yaw = np.arctan2(found[:, 1, 0], found[:, 0, 0])
    assert uniform_gap(yaw / (2 * np.pi) + 0.5) < limit(1500)


def test_given_rotation_with_noise():
    section = SECTION | {"mode": "single", "rotation": [90, 0, -30], "rotation_noise": {"normal": [0, 5]}}
    shapes = {"cube": SHAPES["cube"]}
    exact = place(np.random.default_rng(0), section | {"rotation_noise": 0.0}, plans(1, ("cube",)), shapes)[0][1]
    np.testing.assert_allclose(exact[:3, :3], euler([90, 0, -30]), atol=1e-12)
    rng = np.random.default_rng(1)
    found = [place(rng, section, plans(1, ("cube",)), shapes)[0][1][:3, :3] for _ in range(800)]
    turned = np.degrees(angles(np.array(found) @ exact[:3, :3].T))
    # Three independent turns of 5 degrees: the angle is that of a normal vector, its mean square 3 times 25.
    assert np.mean(turned**2) == pytest.approx(75, rel=0.12)


# Resting faces ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [(1, 1, 1), (2, 1, 1), (3, 2, 0.5), (1, 0.7, 0.02)])
def test_shares_of_a_boxs_faces_are_their_solid_angles(size):
    normals, shares = faces(box_shape(size).hull)
    assert len(normals) == 6 and shares.sum() == pytest.approx(1)
    for normal, share in zip(normals, shares, strict=True):
        axis = int(np.abs(normal).argmax())
        distance = size[axis] / 2
        a, b = (size[other] for other in range(3) if other != axis)
        # The solid angle of a rectangle over its middle.
        angle = 4 * np.arctan(a * b / (2 * distance * np.sqrt(4 * distance**2 + a**2 + b**2)))
        assert share == pytest.approx(angle / (4 * np.pi), abs=1e-9)


def test_a_slanted_column_does_not_stand_on_its_foot():
    """Its centre of mass is beside its base, so that it falls over: the base's share goes to another face."""
    foot = np.array([[0, 0, 0], [1, 0, 0], [1, 1, 0], [0, 1, 0]], float)
    hull = np.concatenate([foot, foot + np.array([3, 0, 3])])
    normals, _ = faces(hull)
    assert not any(normal[2] < -0.999 for normal in normals) and len(normals) == 4
    straight, _ = faces(np.concatenate([foot, foot + np.array([0.4, 0, 3])]))
    assert any(normal[2] < -0.999 for normal in straight)


def test_flat_and_degenerate_hulls_rest_somehow():
    for hull in ([[0, 0, 0]], [[0, 0, 0], [1, 0, 0]], [[0, 0, 0], [1, 0, 0], [0, 1, 0]], np.zeros((5, 3))):
        normals, shares = faces(np.array(hull, float))
        assert len(normals) == len(shares) >= 1 and shares.sum() == pytest.approx(1)
        np.testing.assert_allclose(np.linalg.norm(normals, axis=1), 1)


def test_downwards_is_a_rotation():
    rng = np.random.default_rng(0)
    for normal in [*rng.normal(size=(50, 3)), [0, 0, 1.0], [0, 0, -1.0], [1e-12, 0, 1.0]]:
        normal = np.array(normal) / np.linalg.norm(normal)
        turn = downwards(normal)
        np.testing.assert_allclose(turn @ normal, [0, 0, -1], atol=1e-9)
        np.testing.assert_allclose(turn @ turn.T, np.eye(3), atol=1e-9)
        assert np.linalg.det(turn) == pytest.approx(1)


def test_faces_come_as_often_as_their_shares():
    shapes = {"brick": box_shape((0.1, 0.06, 0.02), "brick")}
    rng = np.random.default_rng(0)
    down = [place(rng, SECTION | {"mode": "surface"}, plans(1, ("brick",)), shapes)[0][1][2, :3] for _ in range(1500)]
    axis = np.bincount(np.abs(down).argmax(axis=1), minlength=3) / 1500
    normals, shares = faces(shapes["brick"].hull)
    wanted = [
        sum(share for normal, share in zip(normals, shares, strict=True) if abs(normal[k]) > 0.9) for k in range(3)
    ]
    np.testing.assert_allclose(axis, wanted, atol=0.04)


# Surface ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("orientation", ["auto", "upright", "random", "given"])
def test_everything_on_the_surface_touches_it(orientation):
    poses, left_out, models = placed("surface", 9, 1, {"orientation": orientation, "surface_height": 0.4})
    assert not left_out
    for instance, pose in poses.items():
        points = models[instance].hull @ pose[:3, :3].T + pose[:3, 3]
        assert points[:, 2].min() == pytest.approx(0.4, abs=1e-9)
        assert (np.abs(points[:, :2]) <= 0.3 + 1e-9).all()


def test_a_full_surface_leaves_objects_out():
    small = {"volume_min": [0, 0, 0], "volume_max": [0.14, 0.14, 1]}
    poses, left_out, _ = placed("surface", 9, 0, small)
    assert poses and left_out


# Stack --------------------------------------------------------------------------------------------------------------

CUBES = {"cube": box_shape((0.03, 0.03, 0.03), "cube")}
WIDE = {"volume_min": [-1, -1, 0], "volume_max": [1, 1, 1]}


def floors(poses, models) -> dict[int, float]:
    """The height of each object's lowest corner."""
    return {instance: corners(pose, models[instance])[:, 2].min() for instance, pose in poses.items()}


def test_quarter_turns_are_the_24_of_the_cube():
    assert len(QUARTER_TURNS) == 24 == len({turn.tobytes() for turn in QUARTER_TURNS})
    for turn in QUARTER_TURNS:
        np.testing.assert_array_equal(turn @ turn.T, np.eye(3))
        assert np.linalg.det(turn) == pytest.approx(1)


def test_seven_of_ten_go_on_top_after_the_first_four():
    up, later = 0, 0
    for seed in range(60):
        poses, left_out, models = placed("stack", 20, seed, WIDE, CUBES)
        assert not left_out
        heights = floors(poses, models)
        assert all(heights[instance] < 2 * GAP for instance in range(1, 5))
        up += sum(heights[instance] > 0.02 for instance in range(5, 21))
        later += 16
    assert up / later == pytest.approx(0.7, abs=0.05)


def test_turns_and_shifts_as_often_and_as_large_as_said():
    turned, shifted, count = [], [], 0
    for seed in range(60):
        poses, _, models = placed("stack", 20, seed, WIDE, CUBES)
        heights = floors(poses, models)
        for instance, pose in poses.items():
            level = np.abs(pose[:2, :3]).max()
            angle = np.degrees(np.arccos(min(level, 1.0)))
            count += 1
            if angle > 1e-6:
                turned.append(angle)
            if heights[instance] > 0.02:
                under = [
                    other for other in poses if abs(heights[other] + 0.03 + GAP - heights[instance]) < 1e-6
                    and np.abs(poses[other][:2, 3] - pose[:2, 3]).max() < 0.0051
                ]  # fmt: skip
                assert under, "nothing is below"
                away = min(np.abs(poses[other][:2, 3] - pose[:2, 3]).max() for other in under)
                shifted.append(away > 1e-9)
    assert len(turned) / count == pytest.approx(0.3, abs=0.05)
    assert max(turned) <= 11.25 and max(turned) > 10.5
    assert np.mean(shifted) == pytest.approx(0.5, abs=0.07)


def test_every_stacked_object_is_over_another_and_towers_stay_apart():
    poses, left_out, models = placed("stack", 14, 2, WIDE)
    assert not left_out
    heights = floors(poses, models)
    flat = {instance: box_of(pose, models[instance]) for instance, pose in poses.items()}
    for instance in poses:
        middle = flat[instance][0]
        if heights[instance] > 2 * GAP:
            tops = [
                heights[instance] - corners(poses[other], models[other])[:, 2].max()
                for other in poses
                if other != instance and np.abs(flat[other][0][:2] - middle[:2]).max() <= 0.0051
            ]
            assert min(abs(top - GAP) for top in tops) < 1e-9


def test_a_full_table_stacks_and_a_table_of_nothing_leaves_out():
    narrow = {"volume_min": [-0.05, -0.05, 0], "volume_max": [0.05, 0.05, 1], "stack_probability": 0.0}
    poses, left_out, models = placed("stack", 20, 0, narrow | {"stack_minimum": 1}, CUBES)
    assert not left_out and max(floors(poses, models).values()) > 0.05
    assert placed("stack", 3, 0, {"volume_min": [0, 0, 0], "volume_max": [0.001, 0.001, 1]})[0] == {}


# Chain, single, fixed -----------------------------------------------------------------------------------------------


def test_chain():
    steps, heights = [], []
    for seed in range(150):
        poses, left_out, models = placed("chain", 5, seed, {"center": [0.05, 0, 0.05]}, CUBES)
        assert not left_out
        points = np.array([box_of(poses[n], models[n])[0] for n in range(1, 6)])
        np.testing.assert_allclose(points[:, :2].mean(axis=0), [0.05, 0], atol=1e-12)
        flat = np.linalg.norm(points[:, None, :2] - points[None, :, :2], axis=2)
        assert flat[np.triu_indices(5, 1)].min() >= 0.25
        steps += list(np.diagonal(flat, 1))
        heights += list(points[:, 2] - 0.05)
        np.testing.assert_allclose(poses[1][:3, :3], np.eye(3))
    assert np.mean(heights) == pytest.approx(0, abs=0.008) and np.std(heights) == pytest.approx(0.05, rel=0.1)
    # The chain refuses what is too near, and now and then goes on from an earlier link.
    assert np.median(steps) == pytest.approx(0.355, abs=0.01)
    assert np.std([step for step in steps if step < 0.5]) == pytest.approx(0.035, rel=0.2)


def test_a_long_chain_and_one_of_large_objects_find_room():
    assert not placed("chain", 30)[1]
    huge = {"huge": box_shape((3, 3, 3), "huge")}
    assert not placed("chain", 6, 0, {}, huge)[1]


def test_single_is_centred():
    poses, left_out, models = placed("single", 3, 0, {"center": [1, 2, 3]})
    assert left_out == [2, 3]
    np.testing.assert_allclose(box_of(poses[1], models[1])[0], [1, 2, 3], atol=1e-12)


def test_fixed_poses_go_to_objects_of_their_model():
    wanted = [("rod", [0, 0, 1], [0, 0, 90]), ("", [1, 0, 0], [0, 0, 0]), ("rod", [2, 0, 0], [0, 0, 0]),
              ("wheel", [0, 0, 0], [0, 0, 0])]  # fmt: skip
    poses = [{"model": model, "location": place, "rotation": turn} for model, place, turn in wanted]
    found, left_out, _ = placed("fixed", 6, 0, {"poses": poses})  # cube, rod, plate, cube, rod, plate
    assert sorted(found) == [1, 2, 5] and left_out == [3, 4, 6]
    np.testing.assert_allclose(found[2][:3, 3], [0, 0, 1])
    np.testing.assert_allclose(found[2][:3, 0], [0, 1, 0], atol=1e-12)
    np.testing.assert_allclose(found[1][:3, 3], [1, 0, 0])
    assert assigned(SECTION | {"poses": poses}, plans(6), SHAPES) == [2, 1, 5, None]


def test_occluders_wait():
    items = [ObjectPlan(1, "cube", "target"), ObjectPlan(2, "rod", "distractor")]
    assert reserved(SECTION, items) == []
    section = SECTION | {"occlusion": [0.2, 0.4]}
    assert reserved(section, items) == items[1:]
    assert list(place(np.random.default_rng(0), section, items, SHAPES)[0]) == [1]


# Insets -------------------------------------------------------------------------------------------------------------


def test_corners_that_vary():
    """The location of a small object is that of U(min, max) with corners that are drawn anew for each."""
    dot = {"dot": box_shape((1e-6, 1e-6, 1e-6), "dot")}
    section = SECTION | {"volume_min_inset": [0.1, 0.1, 0.0], "volume_max_inset": [0.1, 0.1, 0.2]}
    rng = np.random.default_rng(0)
    found = np.array([place(rng, section, plans(1, ("dot",)), dot)[0][1][:3, 3] for _ in range(4000)])
    assert (found >= [-0.3, -0.3, 0]).all() and (found <= [0.3, 0.3, 0.6]).all()
    other = np.random.default_rng(1)
    low = other.uniform([-0.3, -0.3, 0], [-0.2, -0.2, 0], (40000, 3))
    high = other.uniform([0.2, 0.2, 0.4], [0.3, 0.3, 0.6], (40000, 3))
    wanted = np.sort(other.uniform(low, high), axis=0)
    for axis in range(3):
        share = np.searchsorted(wanted[:, axis], found[:, axis]) / len(wanted)
        assert uniform_gap(share) < limit(4000) + limit(40000)
        if axis == 0:  # and not simply even
            assert uniform_gap((found[:, axis] + 0.3) / 0.6) > 1.2 * limit(4000)


# Flight -------------------------------------------------------------------------------------------------------------

TUNNEL = {"volume_min": [0.1, -0.9, -0.9], "volume_max": [2.0, 0.9, 0.9], "wall_tilt": 11.25}


def test_flight_starts_between_tilted_walls_and_away_from_the_camera():
    for seed in range(5):
        changes = TUNNEL | {"free_center": [0.6, 0, 0], "free_radius": 0.3}
        poses, left_out, models = placed("flight", 12, seed, changes)
        assert not left_out
        for instance, pose in poses.items():
            points = corners(pose, models[instance])
            assert points[:, 0].min() > 0.1 and points[:, 0].max() < 2.0
            # The walls are as far apart as the volume at its far end and lean by the tilt.
            reach = 0.9 - np.tan(np.radians(11.25)) * (2.0 - points[:, 0])
            assert (np.abs(points[:, 1]) <= reach + 1e-9).all() and (np.abs(points[:, 2]) <= reach + 1e-9).all()
            centre, axes, half = box_of(pose, models[instance])
            local = axes.T @ (np.array([0.6, 0, 0]) - centre)
            assert np.linalg.norm(local - np.clip(local, -half, half)) >= 0.3


def test_walls_are_the_volume_where_they_do_not_lean():
    normals, offsets = flight.walls(SECTION | {"wall_tilt": 0.0})
    inside = np.random.default_rng(0).uniform([-0.4, -0.4, -0.1], [0.4, 0.4, 0.7], (500, 3))
    truly = np.all((inside >= [-0.3, -0.3, 0]) & (inside <= [0.3, 0.3, 0.6]), axis=1)
    assert (np.all(inside @ normals.T >= offsets, axis=1) == truly).all()
    np.testing.assert_allclose(np.linalg.norm(flight.walls(SECTION | TUNNEL)[0], axis=1), 1)


def test_pushes():
    found = flight.pushes(np.random.default_rng(0), SECTION, range(1, 21), 2000)
    assert {push.instance for push in found if push.step == 0} == set(range(1, 21))
    assert len(found) - 20 == pytest.approx(0.01 * 20 * 1999, rel=0.2)
    assert {push.step % flight.TOGETHER for push in found} == {0}
    assert [(push.step, push.instance) for push in found] == sorted((push.step, push.instance) for push in found)
    forces = np.array([push.force for push in found]).ravel()
    assert uniform_gap((forces + 10) / 20) < limit(len(forces))
    points = np.array([push.point for push in found]).ravel()
    assert uniform_gap((points + 1) / 2) < limit(len(points))


def test_a_longer_flight_and_more_objects_begin_alike():
    def pushes(count, steps, **changes):
        found = flight.pushes(np.random.default_rng(3), SECTION | changes, range(1, count + 1), steps)
        return {(push.step, push.instance): push.force.tolist() for push in found}

    short, long, more = pushes(4, 300), pushes(4, 900), pushes(7, 300)
    assert short == {key: force for key, force in long.items() if key[0] < 300}
    assert short == {key: force for key, force in more.items() if key[1] <= 4}
    assert short.keys() == pushes(4, 300, force=[1.0, 2.0]).keys()
    assert set(short) < set(pushes(4, 300, force_probability=0.05))


def test_masses():
    found = flight.masses(np.random.default_rng(0), SECTION, range(2000))
    assert uniform_gap(np.array(list(found.values())) / 5) < limit(2000)
    assert draw.ends(SECTION["mass"]) == (0.001, 5.0)
