"""What computes: the device that was asked for if it really works, else the processor with a warning."""

from __future__ import annotations

import bpy

# Best first.
GPU_TYPES = ("OPTIX", "CUDA", "HIP", "METAL", "ONEAPI")


class Devices:
    """Cycles' device settings live in the user's preferences: chosen here, put back by ``restore``."""

    def __init__(self):
        addon = bpy.context.preferences.addons.get("cycles")
        self._preferences = addon.preferences if addon else None
        self._type = self._preferences.compute_device_type if self._preferences else "NONE"
        self._used = [(device, device.use) for device in self._preferences.devices] if self._preferences else []

    def choose(self, wanted: str) -> tuple[str, str, list[str]]:
        """Activate ``wanted`` (auto, cpu, cuda, ...) for this process.

        Returns Cycles' device ("CPU" or "GPU"), its name for people, and warnings.
        """
        wanted = wanted.upper()
        if wanted == "CPU":
            return "CPU", "CPU", []
        kinds = GPU_TYPES if wanted == "AUTO" else (wanted,)
        reasons = []
        for kind in kinds:
            names, reason = self._activate(kind)
            if names and not (reason := _trial()):
                return "GPU", f"{kind}: {', '.join(names)}", []
            reasons.append(f"{kind}: {reason}")
        self.restore()
        if wanted == "AUTO" and all(reason.endswith(ABSENT) for reason in reasons):
            return "CPU", "CPU", []
        return "CPU", "CPU", [f"render.device {wanted.lower()} does not work ({'; '.join(reasons)}); the CPU renders"]

    def _activate(self, kind: str) -> tuple[list[str], str]:
        """Switch on all GPUs of a kind and nothing else; their names, or why there are none."""
        if self._preferences is None:
            return [], "Cycles is switched off in the preferences"
        try:
            self._preferences.compute_device_type = kind
        except TypeError:
            return [], ABSENT
        devices = self._preferences.get_devices_for_type(kind)
        for device in self._preferences.devices:
            device.use = device.type == kind
        names = [device.name for device in devices or () if device.type == kind]
        return names, "" if names else ABSENT

    def why_not(self, wanted: str) -> str:
        """Why there is no device of a kind (cuda, ...); empty if there is one. Nothing is rendered, nothing changed."""
        try:
            return self._activate(wanted.upper())[1]
        finally:
            self.restore()

    def restore(self) -> None:
        """Put the preferences back as they were."""
        if self._preferences is None:
            return
        self._preferences.compute_device_type = self._type
        for device, use in self._used:
            device.use = use


ABSENT = "no such device"


def _trial() -> str:
    """Render a few pixels on the GPU; the reason why that failed, empty when it worked."""
    scene = bpy.data.scenes.new("truthbake trial")
    camera = bpy.data.cameras.new("truthbake trial")
    item = bpy.data.objects.new("truthbake trial", camera)
    try:
        scene.collection.objects.link(item)
        scene.camera = item
        scene.render.engine = "CYCLES"
        scene.render.resolution_x = scene.render.resolution_y = 8
        scene.cycles.device = "GPU"
        scene.cycles.samples = 1
        bpy.ops.render.render(scene=scene.name)
    except RuntimeError as error:
        return " ".join(str(error).split())
    finally:
        bpy.data.objects.remove(item)
        bpy.data.cameras.remove(camera)
        bpy.data.scenes.remove(scene)
    return ""
