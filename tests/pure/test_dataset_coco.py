"""The COCO export, loaded by pycocotools itself."""

import json

import numpy as np
import pytest
from pycocotools import mask as coco_mask
from pycocotools.coco import COCO

from tests.pure import synthetic
from truthbake.dataset import exporters


@pytest.fixture(scope="module")
def exported(tmp_path_factory):
    root = tmp_path_factory.mktemp("coco") / "store"
    frames = synthetic.usual_frames()
    store, truths = synthetic.build(
        root, synthetic.SHAPES, [frames, frames[:2]], licence="CC BY 4.0", author="A. Person", year=2031, description=""
    )
    folder = exporters.export(store, ["coco"])["coco"]
    return store, truths, folder, COCO(str(folder / "annotations.json"))


def test_images_are_links_with_unique_names(exported):
    store, _, folder, coco = exported
    images = coco.loadImgs(coco.getImgIds())
    assert [(item["scene"], item["frame"]) for item in images] == [(0, f) for f in range(5)] + [(1, 0), (1, 1)]
    assert images[6]["file_name"] == "000001_000001.png"
    stored = next(iter(store.frames(0))).rgb_path
    assert (folder / "images" / images[0]["file_name"]).samefile(stored)
    assert (images[0]["width"], images[0]["height"]) == (160, 120)


def test_every_number(exported):
    _, truths, _, coco = exported
    count = 0
    for image_id, truth in enumerate((truth for scene in truths for truth in scene), start=1):
        annotations = coco.loadAnns(coco.getAnnIds(imgIds=[image_id]))
        shown = [
            (visible, amodal, label)
            for visible, amodal, label in zip(truth.visible, truth.amodal, truth.labels.objects, strict=True)
            if visible.any() and label.kind == "target"
        ]
        assert len(annotations) == len(shown)
        for item, (visible, amodal, label) in zip(annotations, shown, strict=True):
            assert (coco.annToMask(item) == visible).all()
            # The very code pycocotools would have written.
            coded = coco_mask.encode(np.asfortranarray(visible, dtype=np.uint8))
            assert item["segmentation"] == {"size": [120, 160], "counts": coded["counts"].decode()}
            assert item["bbox"] == list(synthetic.mask_box(visible)) == coco_mask.toBbox(coded).tolist()
            assert item["area"] == visible.sum() and item["iscrowd"] == 0
            assert (coco_mask.decode(item["amodal"]) == amodal).all()
            assert item["visible_fraction"] == label.visible_fraction
            assert item["category_id"] == label.class_id
            count += 1
    assert count == len(coco.getAnnIds()) == 11


def test_categories_and_licence_come_from_the_recipe(exported):
    *_, coco = exported
    assert coco.loadCats(coco.getCatIds()) == [
        {"id": 1, "name": "ball", "supercategory": ""},
        {"id": 2, "name": "Brick <b>", "supercategory": ""},
    ]
    assert coco.dataset["info"] == {"contributor": "A. Person", "year": 2031}
    assert coco.dataset["licenses"] == [{"id": 1, "name": "CC BY 4.0", "url": ""}]
    assert {item["license"] for item in coco.dataset["images"]} == {1}


def test_nothing_is_made_up_without_a_licence(tmp_path):
    store, _ = synthetic.build(tmp_path, synthetic.SHAPES, [synthetic.usual_frames()[:1]], year=0)
    data = json.loads((exporters.export(store, ["coco"])["coco"] / "annotations.json").read_text())
    assert data["info"] == {} and data["licenses"] == []
    assert all("license" not in item for item in data["images"])


def test_models_of_one_class_share_a_category(tmp_path):
    from dataclasses import replace

    store, _ = synthetic.build(tmp_path, synthetic.SHAPES, [synthetic.usual_frames()[:1]])
    shared = [replace(model, class_id=5, class_name="part") for model in store.models if model.kind == "target"]
    from truthbake.dataset.coco import categories

    assert categories(shared) == [{"id": 5, "name": "part", "supercategory": ""}]


def test_an_object_at_the_lower_edge(tmp_path):
    """Its last column ends with the image's last row, where one column's run meets the next column."""
    tower = synthetic.Shape("tower", "box", (0.2, 3.0, 0.2))
    store, truths = synthetic.build(tmp_path, [tower], [[[(tower, synthetic.pose_at(0, 0, 1))]]])
    folder = exporters.export(store, ["coco", "bop"])
    coco = COCO(str(folder["coco"] / "annotations.json"))
    visible = truths[0][0].visible[0]
    assert visible[0].any() and visible[-1].any() and not visible[:, -1].any()
    assert (coco.annToMask(coco.loadAnns([1])[0]) == visible).all()
    data = json.loads((folder["bop"] / "train_pbr" / "000000" / "scene_gt_coco.json").read_text())
    assert sum(data["annotations"][0]["segmentation"]["counts"][1::2]) == visible.sum()
