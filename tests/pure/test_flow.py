"""Optical flow in closed form, and occlusion against rays that are traced to the very points."""

import numpy as np
import pytest

from tests.pure.synthetic import Shape, pose_at
from truthbake.dataset.records import Camera
from truthbake.render.flow import Scan, flow

WIDTH, HEIGHT, FOCAL = 120, 90, 110.0
K = np.array([[FOCAL, 0, 58.2], [0, FOCAL * 1.25, 46.4], [0, 0, 1]])
PIXELS = np.stack(np.meshgrid(np.arange(WIDTH), np.arange(HEIGHT)), -1).astype(float)
WALL = 5.0  # the plane z = 5 of the world, left of x = 1; right of it there is nothing


def camera(pose=None, matrix=K) -> Camera:
    return Camera(WIDTH, HEIGHT, matrix, np.eye(4) if pose is None else pose)


def first_hit(cam: Camera, shapes, poses, rays):
    """Ray parameter and number of the first surface that camera rays (..., 3) meet; 0 is the wall."""
    origin, towards = cam.camera_to_world[:3, 3], rays @ cam.camera_to_world[:3, :3].T
    with np.errstate(divide="ignore", invalid="ignore"):
        t = (WALL - origin[2]) / towards[..., 2]
        wall = np.where((t > 0) & (origin[0] + t * towards[..., 0] < 1.0), t, np.inf)
    hits = [wall] + [
        shape.trace(cam.world_to_camera @ poses[number], rays) if number in poses else np.full(wall.shape, np.inf)
        for number, shape in shapes.items()
    ]
    return np.min(hits, axis=0), np.argmin(hits, axis=0)


def scan(cam: Camera, shapes=None, poses=None) -> Scan:
    shapes, poses = shapes or {}, poses or {}
    rays = np.concatenate([PIXELS, np.ones((HEIGHT, WIDTH, 1))], -1) @ np.linalg.inv(cam.K).T
    depth, index = first_hit(cam, shapes, poses, rays)
    return Scan(cam, depth.astype(np.float32), index.astype(np.uint16), poses, {})


def test_sideways_motion_is_parallax():
    here, there = scan(camera()), scan(camera(pose_at(0.5, 0, 0)))
    found, hidden = flow(here, there)
    wall = np.isfinite(here.depth)
    assert wall.any() and not wall.all()
    np.testing.assert_allclose(found[wall], np.broadcast_to([-0.5 * FOCAL / WALL, 0], (wall.sum(), 2)), atol=1e-4)
    np.testing.assert_allclose(found[~wall], 0, atol=1e-9)  # infinitely far: no parallax
    # The wall's border came nearer to the middle, so that some of the far is behind nothing new; the left went out.
    assert (hidden == (PIXELS[..., 0] + found[..., 0] < -0.5)).all()


def test_rotation_moves_the_far_as_the_near():
    turn = pose_at(0, 0, 0, (0.2, 1, 0.3), 0.15)
    found, _ = flow(scan(camera()), scan(camera(turn)))
    rays = np.concatenate([PIXELS, np.ones((HEIGHT, WIDTH, 1))], -1) @ np.linalg.inv(K).T
    turned = rays @ turn[:3, :3] @ K.T
    np.testing.assert_allclose(found, turned[..., :2] / turned[..., 2:] - PIXELS, atol=1e-4)


def test_a_longer_lens_magnifies():
    longer = K * [[2, 1, 1], [1, 2, 1], [1, 1, 1]]
    found, hidden = flow(scan(camera()), scan(camera(matrix=longer)))
    np.testing.assert_allclose(found, PIXELS - K[:2, 2], atol=1e-4)
    target = PIXELS + found
    outside = (target < -0.5) | (target >= [WIDTH - 0.5, HEIGHT - 0.5])
    assert (hidden == outside.any(axis=-1)).all()


def test_a_ball_rolls_with_its_points():
    """The surface turns: the flow is of its points, which an outline or a point of the wall would not show."""
    shapes = {1: Shape("ball", "sphere", (0.8,))}
    before, after = pose_at(-0.6, 0, 3), pose_at(-0.3, 0, 3)
    cosine, sine = np.cos(0.3), np.sin(0.3)
    after[:3, :3] = [[cosine, 0, sine], [0, 1, 0], [-sine, 0, cosine]]
    here, there = scan(camera(), shapes, {1: before}), scan(camera(), shapes, {1: after})
    found, hidden = flow(here, there)
    ball = here.index == 1
    np.testing.assert_array_equal(found[here.index == 0], 0)
    rays = np.concatenate([PIXELS, np.ones((HEIGHT, WIDTH, 1))], -1) @ np.linalg.inv(K).T
    points = rays * np.where(ball, here.depth, 1.0)[..., None] - [-0.6, 0, 3]
    x = cosine * points[..., 0] + sine * points[..., 2] - 0.3
    y = points[..., 1]
    z = -sine * points[..., 0] + cosine * points[..., 2] + 3
    place = np.stack([FOCAL * x / z + 58.2, 1.25 * FOCAL * y / z + 46.4], -1)
    np.testing.assert_allclose(found[ball], (place - PIXELS)[ball], atol=1e-3)
    # A point of the ball is seen as long as its normal looks at the camera, up to the pixels along the horizon.
    normal = np.stack([x + 0.3, y, z - 3], -1)
    towards = -(normal * np.stack([x, y, z], -1)).sum(-1) / np.linalg.norm(np.stack([x, y, z], -1), axis=-1) / 0.8
    behind = hidden[ball & (towards < -0.1)]
    assert len(behind) > 5 and behind.mean() > 0.75  # the last pixels along the outline have no sure slope
    assert not hidden[ball & (towards > 0.05)].any()


SHAPES = {
    1: Shape("ball", "sphere", (0.5,)),
    2: Shape("box", "box", (0.8, 0.5, 0.6)),
    3: Shape("plate", "box", (1.5, 1.0, 0.02)),
    4: Shape("near", "box", (0.2, 1.2, 0.2)),
}
BEFORE = {
    1: pose_at(-0.5, 0.2, 3.0),
    2: pose_at(0.7, -0.2, 3.4, (1, 2, 3), 0.7),
    3: pose_at(-0.2, 0.0, 4.2, (1, 0.2, 0), 0.5),
    4: pose_at(0.1, 0.1, 2.0, (0, 1, 0), 0.3),
}
AFTER = {
    1: pose_at(-0.2, 0.25, 2.9, (1, 1, 0), 0.5),
    2: pose_at(0.6, -0.1, 3.3, (1, 2, 3), 1.0),
    3: BEFORE[3],
    4: pose_at(0.25, 0.1, 2.0, (0, 1, 0), 0.4),
}
MOVED = pose_at(0.1, -0.06, 0.12, (1, 0.5, 2), 0.06)


@pytest.fixture(scope="module")
def crowd():
    return scan(camera(), SHAPES, BEFORE), scan(camera(MOVED), SHAPES, AFTER)


def surface_points(frame: Scan) -> np.ndarray:
    """The points (H, W, 3) that a scan sees, each in its object's axes; the wall's in the world's."""
    rays = np.concatenate([PIXELS, np.ones((HEIGHT, WIDTH, 1))], -1) @ np.linalg.inv(frame.camera.K).T
    points = rays * np.where(np.isfinite(frame.depth), frame.depth, np.nan)[..., None]
    pose = frame.camera.camera_to_world
    points = points @ pose[:3, :3].T + pose[:3, 3]
    for number, its in frame.poses.items():
        mask = frame.index == number
        points[mask] = (points[mask] - its[:3, 3]) @ its[:3, :3]
    return points


@pytest.mark.parametrize("backward", [False, True])
def test_warped_points_meet(crowd, backward):
    """Where a point is visible, the other frame sees the same point of the object, within half a pixel."""
    here, there = crowd[::-1] if backward else crowd
    found, hidden = flow(here, there)
    seen = ~hidden & np.isfinite(here.depth)
    assert seen.mean() > 0.5
    mine, its = surface_points(here), surface_points(there)
    column, row = np.floor(PIXELS + found + 0.5)[seen].astype(int).T
    same = (there.index[row, column] == here.index[seen]) & np.isfinite(there.depth[row, column])
    assert same.mean() > 0.98  # at outlines the nearest pixel may show what lies behind
    # Half a pixel across, and as deep as the surface leans: compare in the image, where the other point projects.
    world = its[row, column][same]
    for number, pose in there.poses.items():
        on = here.index[seen][same] == number
        world[on] = mine_world = world[on] @ pose[:3, :3].T + pose[:3, 3]
        assert len(mine_world)
    np.testing.assert_allclose(there.camera.project(world), np.c_[column, row][same], atol=1e-3)
    gap = np.linalg.norm(mine[seen][same] - its[row, column][same], axis=1)
    footprint = there.depth[row, column][same] / FOCAL
    assert np.quantile(gap / footprint, 0.9) < 1.0


@pytest.mark.parametrize("backward", [False, True])
def test_hidden_points_are_those_that_no_ray_reaches(crowd, backward):
    """Against rays traced from the other camera to the points themselves; only pixels at an outline may differ."""
    here, there = crowd[::-1] if backward else crowd
    _, hidden = flow(here, there)
    points = surface_points(here)
    for number, pose in there.poses.items():
        mask = here.index == number
        points[mask] = points[mask] @ pose[:3, :3].T + pose[:3, 3]
    finite = np.isfinite(here.depth)
    w2c = there.camera.world_to_camera
    with np.errstate(invalid="ignore"):
        local = points @ w2c[:3, :3].T + w2c[:3, 3]
        first, _ = first_hit(there.camera, SHAPES, there.poses, local)
        place = there.camera.project(points.reshape(-1, 3)).reshape(*points.shape[:2], 2)
        outside = (place < -0.5) | (place >= [WIDTH - 0.5, HEIGHT - 0.5])
        truth = (first < 1 - 1e-5) | outside.any(axis=-1)
    wrong = finite & (truth != hidden)
    assert truth[finite].mean() > 0.05
    assert wrong.sum() < 0.015 * finite.sum()
    # Where they differ, an outline of the other frame passes within a pixel of the place.
    padded = np.pad(there.index, 1, mode="edge")
    around = np.stack([padded[1 + i : HEIGHT + 1 + i, 1 + j : WIDTH + 1 + j] for i in (-1, 0, 1) for j in (-1, 0, 1)])
    outline = around.min(axis=0) != around.max(axis=0)
    column, row = np.clip(np.floor(place[wrong] + 0.5), 0, [WIDTH - 1, HEIGHT - 1]).astype(int).T
    assert outline[row, column].mean() > 0.9


def test_nothing_moves_in_a_still_scene(crowd):
    found, hidden = flow(crowd[0], crowd[0])
    assert not found.any() and not hidden.any()


def test_what_the_other_frame_has_not_is_hidden(crowd):
    here, there = crowd
    gone = Scan(there.camera, there.depth, there.index, {key: AFTER[key] for key in (1, 2, 3)}, {})
    bent = Scan(there.camera, there.depth, there.index, there.poses, {1: "walking"})
    for other, lost in ((gone, 4), (bent, 1)):
        found, hidden = flow(here, other)
        assert np.isnan(found[here.index == lost]).all() and hidden[here.index == lost].all()
        assert np.isfinite(found[here.index != lost]).all()


def test_behind_the_other_camera(crowd):
    turned = scan(camera(pose_at(0, 0, 0, (0, 1, 0), np.pi)), SHAPES, BEFORE)
    found, hidden = flow(crowd[0], turned)
    assert np.isnan(found).all() and hidden.all()


def test_a_plate_lying_on_the_wall_hides_it():
    """Surfaces that nearly touch: a plate of a millimetre at a few metres is still before the wall."""
    shapes = {1: Shape("sheet", "box", (1.0, 1.0, 0.004))}
    here = scan(camera(), shapes, {1: pose_at(-1.0, 0, WALL - 0.002)})
    there = scan(camera(), shapes, {1: pose_at(-0.5, 0, WALL - 0.002)})
    _, hidden = flow(here, there)
    assert (hidden == ((here.index == 0) & (there.index == 1))).all()
