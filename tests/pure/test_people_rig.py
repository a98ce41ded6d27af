"""Skeletons: kinematics, skinning, joint limits and foreign names, against closed forms."""

import numpy as np
import pytest

from tests.pure import skeletons
from truthbake.scene.plan import anatomy, rig
from truthbake.scene.plan.bones import roles_of

AFTER = {"upper_arm": "forearm", "forearm": "hand", "thigh": "shin", "shin": "foot"}
RIGS = {"a-pose": skeletons.built_in(), "t-pose": skeletons.in_t_pose()}


def test_euler_and_back():
    rng = np.random.default_rng(0)
    for angles in (rng.random((200, 3)) - 0.5) * [359, 179, 359]:
        turn = rig.euler(angles)
        np.testing.assert_allclose(turn @ turn.T, np.eye(3), atol=1e-12)
        np.testing.assert_allclose(rig.angles(turn), angles, atol=1e-9)
    np.testing.assert_allclose(rig.euler((90, 0, 0)) @ [0, 0, -1], [0, 1, 0], atol=1e-12)


def test_between_turns_one_direction_into_the_other():
    rng = np.random.default_rng(1)
    for first, second in rng.normal(size=(100, 2, 3)):
        turn = rig.between(first, second)
        np.testing.assert_allclose(turn @ first / np.linalg.norm(first), second / np.linalg.norm(second), atol=1e-12)
        # The smallest one: its angle is that between the two.
        cosine = first @ second / np.linalg.norm(first) / np.linalg.norm(second)
        assert np.trace(turn) == pytest.approx(1 + 2 * cosine)
    np.testing.assert_allclose(rig.between(np.array([0, 0, 1.0]), np.array([0, 0, -1.0])) @ [0, 0, 1], [0, 0, -1])


@pytest.mark.parametrize("bones", RIGS.values(), ids=RIGS)
def test_the_anatomical_position_is_the_same_whatever_the_rest_pose(bones):
    transforms = rig.pose(bones, {})
    for name in AFTER:
        for side in "LR":
            number = bones.roles[f"{name}.{side}"]
            following = bones.roles[
                {"upper_arm": "forearm", "forearm": "hand", "thigh": "shin", "shin": "foot"}[name] + f".{side}"
            ]
            ends = rig.moved(bones.heads[[number, following]], [number, number], transforms)
            direction = (ends[1] - ends[0]) / np.linalg.norm(ends[1] - ends[0])
            np.testing.assert_allclose(direction, [0, 0, -1], atol=1e-9)


@pytest.mark.parametrize("bones", RIGS.values(), ids=RIGS)
def test_a_bent_elbow_points_forward_in_every_rig(bones):
    transforms = rig.pose(bones, {"forearm.L": rig.euler((-90, 0, 0))})
    elbow, wrist = bones.roles["forearm.L"], bones.roles["hand.L"]
    ends = rig.moved(bones.heads[[elbow, wrist]], [elbow, wrist], transforms)
    length = np.linalg.norm(bones.heads[wrist] - bones.heads[elbow])
    np.testing.assert_allclose(ends[1] - ends[0], [0, -length, 0], atol=1e-9)


def test_bones_keep_their_length_and_stay_joined():
    bones = RIGS["a-pose"]
    for candidate in anatomy.draw_joints(np.random.default_rng(2), 1.0, 20):
        transforms = rig.pose(bones, anatomy.rotations(candidate))
        for number, parent in enumerate(bones.parents):
            turn = transforms[number, :3, :3]
            np.testing.assert_allclose(turn @ turn.T, np.eye(3), atol=1e-9)
            if parent >= 0:
                twice = rig.moved(bones.heads[[number, number]], [number, parent], transforms)
                np.testing.assert_allclose(twice[0], twice[1], atol=1e-9)


def test_skinning_is_a_blend_of_the_bones_motions():
    bones = RIGS["a-pose"]
    rng = np.random.default_rng(3)
    transforms = rig.pose(bones, anatomy.rotations(anatomy.draw_joints(rng, 0.8, 1)[0]))
    points, weights = rng.normal(size=(50, 3)), rng.random((50, len(bones.names)))
    weights /= weights.sum(axis=1, keepdims=True)
    found = rig.skin(points, weights, transforms)
    for point, share, place in zip(points, weights, found):
        one_by_one = sum(w * (t @ [*point, 1.0])[:3] for w, t in zip(share, transforms))
        np.testing.assert_allclose(place, one_by_one, atol=1e-12)


def test_joints_stay_within_human_limits():
    rng = np.random.default_rng(4)
    seen = {role: [] for role in anatomy.roles()}
    for _ in range(100):
        for candidate in anatomy.draw_joints(rng, 1.0):
            for role, angles in candidate.items():
                seen[role].append(angles)
    for role, angles in seen.items():
        low, high = np.array(anatomy.limits(role), dtype=float).T
        angles = np.array(angles)
        assert (angles >= low - 1e-9).all() and (angles <= high + 1e-9).all(), role
        # With the whole extent the draws fill the range: a mean of uniform draws, five standard errors wide.
        error = 5 * (high - low) / np.sqrt(12 * len(angles))
        assert (np.abs(angles.mean(axis=0) - (low + high) / 2) <= error + 1e-9).all(), role


def test_standing_at_ease_is_within_the_limits_and_is_what_no_extent_gives():
    for role in anatomy.roles():
        np.testing.assert_array_equal(anatomy.within(role, anatomy.at_ease(role)), anatomy.at_ease(role))
    still = anatomy.draw_joints(np.random.default_rng(5), 0.0, 1)[0]
    for role, angles in still.items():
        np.testing.assert_allclose(angles, anatomy.at_ease(role), atol=1e-12)


def test_left_and_right_are_mirrored():
    for name in ("upper_arm", "thigh", "hand"):
        left, right = (np.array(anatomy.limits(f"{name}.{side}")) for side in "LR")
        np.testing.assert_array_equal(left[0], right[0])
        np.testing.assert_array_equal(left[1:], -right[1:, ::-1])


def test_overlap_finds_an_arm_in_the_chest_and_nothing_at_ease():
    bones = RIGS["a-pose"]
    ease = {role: anatomy.at_ease(role) for role in anatomy.roles()}
    assert anatomy.overlap(bones, rig.pose(bones, anatomy.rotations(ease)), 1.75) == 0.0
    inside = ease | {"upper_arm.L": np.array([-35.0, 15.0, 60.0]), "forearm.L": np.array([-150.0, 0.0, 0.0])}
    crossed = ease | {"forearm.L": np.array([-150.0, 0.0, 0.0]), "upper_arm.L": np.array([-10.0, 15.0, 70.0])}
    depths = [anatomy.overlap(bones, rig.pose(bones, anatomy.rotations(p)), 1.75) for p in (inside, crossed)]
    assert max(depths) > 0.02
    worst = (inside, crossed)[int(np.argmax(depths))]
    assert anatomy.clearest(bones, [worst, ease], 1.75) is ease


def test_distances_of_segments_against_brute_force():
    rng = np.random.default_rng(6)
    p, q, r, s = rng.normal(size=(4, 40, 3))
    found = anatomy._segment_distance(p, q, r, s)
    share = np.linspace(0, 1, 401)[:, None]
    for n in range(40):
        one, other = p[n] + share * (q[n] - p[n]), r[n] + share * (s[n] - r[n])
        brute = np.linalg.norm(one[:, None] - other[None], axis=2).min()
        assert found[n] == pytest.approx(brute, abs=0.01) and found[n] <= brute + 1e-9


MIXAMO = ["Hips", "Spine", "Spine1", "Spine2", "Neck", "Head"] + [
    f"{side}{part}"
    for side in ("Left", "Right")
    for part in ("Shoulder", "Arm", "ForeArm", "Hand", "UpLeg", "Leg", "Foot", "ToeBase", "HandThumb1")
]
UNREAL = ["pelvis", "spine_01", "spine_02", "spine_03", "neck_01", "head"] + [
    f"{part}_{side}"
    for side in "lr"
    for part in ("clavicle", "upperarm", "lowerarm", "hand", "thigh", "calf", "foot", "ball")
]
VRM = [f"J_Bip_C_{part}" for part in ("Hips", "Spine", "Chest", "UpperChest", "Neck", "Head")] + [
    f"J_Bip_{side}_{part}"
    for side in "LR"
    for part in ("Shoulder", "UpperArm", "LowerArm", "Hand", "UpperLeg", "LowerLeg", "Foot")
]
SMPL = ["Pelvis", "Spine1", "Spine2", "Spine3", "Neck", "Head"] + [
    f"{side}_{part}"
    for side in "LR"
    for part in ("Hip", "Knee", "Ankle", "Foot", "Collar", "Shoulder", "Elbow", "Wrist", "Hand")
]
GAME = ["Hip", "Torso", "Head"] + [
    f"{side}_{part}" for side in "LR" for part in ("Upper_Arm", "Elbow", "Thigh", "Lower_Leg")
]
DEFORM = ["DEF-spine", "DEF-spine.001", "DEF-spine.002", "DEF-spine.004", "DEF-spine.006"] + [
    f"DEF-{part}.{side}"
    for side in "LR"
    for part in ("shoulder", "upper_arm", "forearm", "hand", "thigh", "shin", "foot")
]


@pytest.mark.parametrize(
    "names, expected",
    [
        ([f"mixamorig:{name}" for name in MIXAMO], {"upper_arm.L": "mixamorig:LeftArm", "shin.R": "mixamorig:RightLeg",
                                                    "chest": "mixamorig:Spine2", "thigh.L": "mixamorig:LeftUpLeg"}),
        (UNREAL, {"hips": "pelvis", "forearm.R": "lowerarm_r", "shin.L": "calf_l", "shoulder.L": "clavicle_l"}),
        (VRM, {"hips": "J_Bip_C_Hips", "thigh.R": "J_Bip_R_UpperLeg", "head": "J_Bip_C_Head"}),
        (SMPL, {"upper_arm.L": "L_Shoulder", "thigh.R": "R_Hip", "foot.L": "L_Ankle", "shoulder.R": "R_Collar"}),
        (GAME, {"hips": "Hip", "forearm.L": "L_Elbow", "shin.R": "R_Lower_Leg", "spine": "Torso"}),
        (DEFORM, {"head": "DEF-spine.006", "thigh.L": "DEF-thigh.L", "upper_arm.R": "DEF-upper_arm.R"}),
        (["LeftUpperArm", "Left Lower Arm", "left_hand"], {"upper_arm.L": "LeftUpperArm", "hand.L": "left_hand"}),
        (["joint_1", "joint_2", "tail"], {}),
    ],
    ids=["mixamo", "unreal", "vrm", "smpl", "game", "rigify", "plain", "none"],
)  # fmt: skip
def test_foreign_names(names, expected):
    found = roles_of(names)
    assert len(set(found.values())) == len(found)
    for role, name in expected.items():
        assert names[found[role]] == name, role
    if not expected:
        assert found == {}
    elif len(names) > 10:
        missing = {role for role in rig.NEEDED if role not in found}
        assert missing <= {"hips"}  # which the importer finds by the thighs' common parent
