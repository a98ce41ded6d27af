"""The contact sheet and the report: there, small, self-contained, and with the right numbers."""

import re
from html.parser import HTMLParser

import numpy as np
import pytest
from PIL import Image

from tests.pure import synthetic
from truthbake.dataset import contact_sheet as sheets
from truthbake.dataset import overlay
from truthbake.dataset.contact_sheet import choose_frames, contact_sheet
from truthbake.dataset.report import gather, histogram, report
from truthbake.dataset.store import Store, StoreError


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    frames = synthetic.usual_frames()
    return synthetic.build(tmp_path_factory.mktemp("report") / "a & <b>", synthetic.SHAPES, [frames, frames[:2]])[0]


def test_the_sheet_is_a_picture_of_the_kind_that_its_suffix_says(store, tmp_path):
    path = contact_sheet(store, tmp_path / "sheet.png")
    with Image.open(path) as image:
        assert image.format == "PNG" and image.width > 1000
    with Image.open(contact_sheet(store, tmp_path / "sheet.jpg")) as image:
        assert image.format == "JPEG"
    first = path.read_bytes()
    assert contact_sheet(store, path).read_bytes() == first


def test_frames_are_spread_over_the_scenes(store):
    def names(count):
        return [(frame.scene, frame.frame) for frame in choose_frames(store, count)]

    assert names(4) == [(0, 0), (0, 4), (1, 0), (1, 1)]
    assert names(1) == [(0, 0)]
    assert names(99) == [(0, f) for f in range(5)] + [(1, 0), (1, 1)]


def test_nothing_to_show(tmp_path):
    store = Store.open_or_create(tmp_path, synthetic.header(synthetic.records(synthetic.SHAPES)))
    for make in (lambda: contact_sheet(store, tmp_path / "sheet.png"), lambda: report(store)):
        with pytest.raises(StoreError, match="no finished scene"):
            make()


def test_masks_are_painted_where_the_objects_are(store):
    frame = next(iter(store.frames(0)))
    plain = np.asarray(overlay.rgb_picture(frame, 160)).astype(int)
    painted = np.asarray(overlay.mask_picture(frame, 160, names=False)).astype(int)
    change = np.abs(plain - painted).sum(axis=-1)
    ball = frame.instances() == 1
    assert (change[ball] > 6).mean() > 0.9
    assert change[:30].max() < 40  # no more than what shrinking does at an edge


def test_sheets_without_depth(tmp_path):
    shapes, frames = synthetic.SHAPES, synthetic.usual_frames()[:1]
    store, _ = synthetic.build(tmp_path / "set", shapes, [frames], depth=False, suffix=".jpg")
    image = sheets.compose(store, choose_frames(store, 12), 120)
    assert image.width == 2 * sheets.MARGIN + 3 * 120 + 2 * sheets.GAP


def test_statistics(store):
    numbers = gather(store)
    assert numbers.images == 7 and numbers.empty_images == 2
    assert numbers.instances == {"ball": 8, "Brick <b>": 5}
    assert numbers.visible == {"ball": 6, "Brick <b>": 5}
    assert len(numbers.fractions) == 13 and numbers.fractions.count(0.0) == 2
    assert min(numbers.distances) == pytest.approx(0.6)
    assert len(numbers.box_sizes) == 11


class Page(HTMLParser):
    def __init__(self, text):
        super().__init__()
        self.open, self.tags, self.links, self.text = [], [], [], ""
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.tags.append(tag)
        self.links += [value for key, value in attributes if key in ("src", "href")]
        if tag not in ("meta", "img"):
            self.open.append(tag)

    def handle_startendtag(self, tag, attributes):
        self.tags.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text += data


def test_the_report_stands_alone(store):
    path = report(store)
    assert path == store.root / "report.html"
    text = path.read_text(encoding="utf-8")
    page = Page(text)
    assert page.open == []
    assert "script" not in page.tags and not re.search(r"https?://", text)
    assert page.links and all(link.startswith("data:image/jpeg;base64,") for link in page.links)
    assert "b" not in page.tags  # the class and the folder are named after a tag
    assert "Brick <b>" in page.text and "a & <b>" in page.text
    assert "13 targets placed, 11 of them visible" in page.text.replace("\n", " ")
    assert page.tags.count("svg") == 3


def test_histograms():
    assert histogram([]) == "<p>nothing to show</p>"
    assert histogram([0.5] * 3, (0, 1), "m").count("<rect") == 20
    assert "0.5 to 0.55 m: 3" in histogram([0.5] * 3, (0, 1), "m")


def test_a_broken_frame_is_named(tmp_path):
    store = synthetic.build(tmp_path / "set", synthetic.SHAPES, [synthetic.usual_frames()[:2]])[0]
    folder = store.scene_folder(0)
    (folder / "rgb" / "000001.png").write_bytes(b"PNG")
    with pytest.raises(StoreError, match="000000: frame 1 is not readable"):
        report(store)
    labels = folder / "labels" / "000001.json"
    labels.write_bytes(labels.read_bytes()[:100])
    with pytest.raises(StoreError, match=r"000001\.json: not readable"):
        report(store)
