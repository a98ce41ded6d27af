"""verify looks at optical flow and occlusion: right ones pass, damaged ones give a line."""

import numpy as np
import pytest

from tests.pure import synthetic
from truthbake.dataset.passes import PASSES
from truthbake.dataset.store import StoreError, to_json_bytes
from truthbake.dataset.verify import verify
from truthbake.render.sequence import BakedFrame, Sequence

KINDS = ("forward_flow", "backward_flow", "occlusion")


@pytest.fixture
def store(tmp_path):
    """A traced scene of three frames with the flow that the baker would give them."""
    moves = [
        [(synthetic.BALL, synthetic.pose_at(0.02 * t, 0.0, 0.9)), (synthetic.BRICK, synthetic.pose_at(-0.1, 0.0, 1.0))]
        for t in range(3)
    ]
    store, (truths,) = synthetic.build(tmp_path / "set", synthetic.SHAPES, [moves])
    sequence = Sequence()
    frames = []
    for truth in truths:
        baked = BakedFrame(truth.labels, tmp_path, {"instances": truth.instances})
        frames += sequence.add(baked, truth.depth, {})
    for frame in frames + sequence.end():
        for kind in KINDS:
            path = store.scene_folder(0) / kind / f"{frame.labels.frame:06d}{PASSES[kind].suffix}"
            path.parent.mkdir(exist_ok=True)
            PASSES[kind].write(path, frame.images[kind])
    return store


def seal(store):
    (store.scene_folder(0) / "files.json").write_bytes(to_json_bytes({}))


def spoil(store, kind, frame, change):
    path = store.scene_folder(0) / kind / f"{frame:06d}{PASSES[kind].suffix}"
    image = PASSES[kind].read(path).copy()
    PASSES[kind].write(path, change(image))


def test_right_flow_passes(store):
    seal(store)
    assert verify(store) == []
    moved = list(store.frames(0))[1]
    ball = moved.instances() == 1
    np.testing.assert_allclose(moved.image("forward_flow")[ball][:, 1], 0, atol=1e-3)
    assert (moved.image("forward_flow")[ball][:, 0] > 2).all()


def put(value, *place):
    def change(image):
        image[place] = value
        return image

    return change


@pytest.mark.parametrize(
    ("kind", "change", "words"),
    [
        ("forward_flow", put(np.nan, 60, 80), "visible there have no flow"),
        ("backward_flow", put(500.0, 60, 80), "visible there flow out of the image"),
        ("forward_flow", lambda image: image[:50], "another size"),
        ("occlusion", lambda image: image[:, :50], "another size"),
    ],
)
def test_damage_is_told(store, kind, change, words):
    spoil(store, kind, 1, change)
    seal(store)
    found = verify(store)
    assert len(found) == 1 and words in found[0] and f"{kind}/000001" in found[0]


@pytest.mark.parametrize("kind", KINDS)
def test_a_missing_image_is_told(store, kind):
    (store.scene_folder(0) / kind / f"000001{PASSES[kind].suffix}").unlink()
    seal(store)
    assert [f"there is no {kind} beside it" in line for line in verify(store)] == [True]
    with pytest.raises(StoreError, match=r"switch passes\.flow on"):
        list(store.frames(0))[1].image(kind)
