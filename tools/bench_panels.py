"""How long the sidebar's panels take to draw, in a window of a real Blender, with 500 listed models.

    make bench-panels BLENDER=/path/to/blender        needs Xvfb where there is no display

Every panel is open and every list has items. A panel's time is that of its header, poll and body together, lists and
their rows included: what Python does before Blender paints. The target is 1 ms for each.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

MODELS = 500
DRAWS = 200
TARGET = 1.0  # milliseconds


def main() -> int:
    """Install the zip in a Blender of its own, let it draw, and print the table."""
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
    from tests.zipped import build_zip

    blender = os.environ.get("BLENDER")
    if not blender:
        print("bench_panels: name a Blender with a window, BLENDER=/path/to/blender", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory(prefix="truthbake-panels-") as name:
        folder = Path(name)
        environment = {**os.environ, "BLENDER_USER_RESOURCES": str(folder / "user"), "RESULT": str(folder / "result")}
        archive = build_zip(folder)
        install = ["--command", "extension", "install-file", "-r", "user_default", "--enable", archive]
        subprocess.run([blender, *install], env=environment, check=True, stdout=subprocess.DEVNULL, cwd=folder)
        script = shutil.copy(__file__, folder)
        window = ["-noaudio", "--window-geometry", "0", "0", "1600", "1000", "--python", script]
        screen = [] if os.environ.get("DISPLAY") else ["xvfb-run", "-a", "-s", "-screen 0 1600x1000x24"]
        said = subprocess.run(
            [*screen, blender, *window], env=environment, cwd=folder, capture_output=True, text=True, check=False
        )
        if not (folder / "result").exists():
            print(said.stdout[-2000:], said.stderr[-2000:], file=sys.stderr)
            return 1
        return table(json.loads((folder / "result").read_text(encoding="utf-8")))


def table(times: dict[str, list[float]]) -> int:
    """Print a line for each panel, the slowest first; 1 if the median of any is above the target."""
    rows = sorted(((sorted(found), name) for name, found in times.items()), key=lambda row: -row[0][len(row[0]) // 2])
    print(f"{'panel':32} {'median':>9} {'95 %':>9} {'longest':>9}   milliseconds, {MODELS} models in each list")
    for found, name in rows:
        print(f"{name:32} {found[len(found) // 2]:9.3f} {found[len(found) * 95 // 100]:9.3f} {found[-1]:9.3f}")
    middle = [found[len(found) // 2] for found, _ in rows]
    print(f"{'all together':32} {sum(middle):9.3f}")
    return int(max(middle) > TARGET)


def inside() -> None:
    """In Blender: fill the lists, open every panel, time what Blender calls."""
    import bpy

    root = next(name for name in sys.modules if name.endswith(".truthbake"))
    panels = sys.modules[f"{root}.panels"]
    times: dict[str, list[float]] = {}
    current: dict[str, float] = {}

    def timed(cls, name):
        function = getattr(cls, name)
        function = getattr(function, "__func__", function)

        def call(self, context):
            began = time.perf_counter()
            try:
                return function(self, context)
            finally:
                key = cls.__name__.removeprefix("TRUTHBAKE_PT_")
                current[key] = current.get(key, 0.0) + 1000 * (time.perf_counter() - began)

        setattr(cls, name, classmethod(call) if name == "poll" else call)

    panels.unregister()
    for cls in panels.classes:
        if issubclass(cls, bpy.types.Panel):
            cls.bl_options = set(getattr(cls, "bl_options", ())) - {"DEFAULT_CLOSED"}
            for name in ("poll", "draw_header", "draw_header_preset", "draw"):
                if name in vars(cls):
                    timed(cls, name)
    panels.register()

    def view():
        area = next(area for area in bpy.context.window_manager.windows[0].screen.areas if area.type == "VIEW_3D")
        return area, next(region for region in area.regions if region.type == "UI")

    def fill():
        settings = bpy.context.scene.truthbake
        fill_lists(settings, sys.modules[f"{root}.presets.fields"].recipe().fields)
        for group in (settings.objects, settings.distractors):
            group.models.clear()
            for number in range(MODELS):
                item = group.models.add()
                item.path, item.unit = f"/parts/part_{number:04}.obj", "MM"
                item.keypoints.add()
                item.symmetries.add()
            group.active_models = MODELS // 2
        know(settings)
        view()[0].spaces.active.show_region_ui = True
        return None

    def know(settings):
        facts = sys.modules[f"{root}.operators.models.facts"]
        key = sys.modules[f"{root}.presets.model_key"].model_key
        for item in (*settings.objects.models, *settings.distractors.models):
            facts.now.facts[key(item)] = facts.Facts(
                name="part", models=1, triangles=1234, size=0.05, unit="mm", warnings=("It has no unit", "It is large")
            )

    def draw():
        area, region = view()
        try:
            region.active_panel_category = "Truthbake"
        except AttributeError:
            area.tag_redraw()
            return 0.2  # no tabs yet
        if current:
            for name, spent in current.items():
                times.setdefault(name, []).append(spent)
            current.clear()
        if len(times.get("recipe", ())) < DRAWS:
            region.tag_redraw()
            return 0.01
        with open(os.environ["RESULT"], "w", encoding="utf-8") as file:
            json.dump({name: found[5:] for name, found in times.items()}, file)  # the first ones fill caches
        bpy.ops.wm.quit_blender()
        return None

    bpy.context.preferences.view.show_splash = False
    bpy.app.timers.register(fill, first_interval=2.0)
    bpy.app.timers.register(draw, first_interval=4.0)


def fill_lists(group, fields) -> None:
    """An item in every list, and in the lists of that item."""
    for field in fields:
        if field.kind == "section":
            fill_lists(getattr(group, field.key), field.fields)
        elif field.kind == "list":
            fill_lists(getattr(group, field.key).add(), field.fields)


if "bpy" in sys.modules:
    inside()
elif __name__ == "__main__":
    sys.exit(main())
