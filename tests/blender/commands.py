"""What the tests of the command line share: a recipe of seconds, and what a mistake looks like."""

RECIPE = """# small
objects: {count: 2}
distractors: {count: 0}
lights: {count: 0}
background: {mode: hdri}
placement: {mode: float}
camera: {distance: [0.35, 0.6]}
render: {samples: 1, denoise: "off", device: cpu, max_bounces: 0, resolution: [64, 48]}
output: {scenes: 2, frames_per_scene: 1, seed: 7, formats: [bop, coco]}
"""


def one_line(err: str) -> str:
    assert err.count("\n") == 1 and err.startswith("truthbake: "), err
    return err.strip()
