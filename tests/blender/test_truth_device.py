"""Devices: what is not there is not used, said once, and leaves the preferences as they were."""

import bpy
import pytest

from tests.blender import baking
from tests.house import module

MESHES = {"cube": baking.box(0.1, 0.1, 0.1)}


def preferences():
    cycles = bpy.context.preferences.addons["cycles"].preferences
    return cycles.compute_device_type, [(device.id, device.use) for device in cycles.devices]


def has_gpu() -> bool:
    cycles = bpy.context.preferences.addons["cycles"].preferences
    for kind in module("render.device").GPU_TYPES:
        try:
            if any(device.type == kind for device in cycles.get_devices_for_type(kind) or ()):
                return True
        except (TypeError, ValueError):
            continue
    return False


def choose(wanted):
    devices = module("render.device").Devices()
    before = preferences()
    try:
        return devices.choose(wanted)
    finally:
        devices.restore()
        kind, used = preferences()
        assert kind == before[0] and used[: len(before[1])] == before[1]


def test_the_processor_is_what_it_is():
    assert choose("cpu") == ("CPU", "CPU", [])


def test_automatic_without_a_gpu_is_silent():
    if has_gpu():
        pytest.skip("there is a GPU here")
    assert choose("auto") == ("CPU", "CPU", [])


@pytest.mark.parametrize("wanted", ["cuda", "optix", "hip", "metal", "oneapi"])
def test_a_device_that_is_not_there_is_named(wanted):
    if has_gpu():
        pytest.skip("there is a GPU here")
    kind, name, warnings = choose(wanted)
    assert (kind, name) == ("CPU", "CPU")
    (text,) = warnings
    assert f"render.device {wanted} does not work" in text and "\n" not in text


def test_the_job_says_so_and_goes_on(tmp_path):
    if has_gpu():
        pytest.skip("there is a GPU here")
    before = preferences()
    recipe = baking.compose(tmp_path / "models", MESHES, {"render": {"device": "cuda"}})
    store = baking.bake(recipe, tmp_path / "data")
    assert store.events[0]["device"] == "CPU"
    assert ["cuda" in event["message"] for event in store.events if event["event"] == "warning"] == [True]
    assert store.scenes() == [0]
    assert preferences()[0] == before[0]


def test_a_gpu_that_fails_its_trial_is_not_used(monkeypatch):
    """A device that is listed and does not render, as with a driver that is too old."""
    device = module("render.device")

    def listed(self, kind):
        return (["Some GPU"], "") if kind == "CUDA" else ([], device.ABSENT)

    monkeypatch.setattr(device.Devices, "_activate", listed)
    monkeypatch.setattr(device, "_trial", lambda: "driver too old")
    for wanted in ("auto", "cuda"):
        kind, name, warnings = choose(wanted)
        assert (kind, name) == ("CPU", "CPU") and len(warnings) == 1 and "driver too old" in warnings[0]
    monkeypatch.setattr(device, "_trial", lambda: "")
    assert choose("auto") == ("GPU", "CUDA: Some GPU", [])


def test_the_trial_leaves_nothing():
    before = [len(bpy.data.scenes), len(bpy.data.objects), len(bpy.data.cameras), bpy.context.scene.name]
    module("render.device")._trial()
    assert [len(bpy.data.scenes), len(bpy.data.objects), len(bpy.data.cameras), bpy.context.scene.name] == before
