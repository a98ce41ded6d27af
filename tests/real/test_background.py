"""The installed zip in a Blender without a window."""

import json

LIBRARIES = """
import json
import OpenEXR, PIL.Image, numpy, plyfile, pycocotools.mask, yaml
pixels = numpy.asfortranarray(numpy.eye(4, dtype=numpy.uint8))
area = int(pycocotools.mask.area(pycocotools.mask.encode(pixels)))
print("RESULT", json.dumps({"yaml": yaml.__file__, "area": area}))
"""


def test_wheels_load(blender):
    done = blender("-b", "--python-exit-code", "9", "--python-expr", LIBRARIES)
    assert done.returncode == 0, done.stderr
    lines = [line for line in done.stdout.splitlines() if line.startswith("RESULT ")]
    result = json.loads(lines[0].removeprefix("RESULT "))
    assert result["area"] == 4
    assert ".local" in result["yaml"], "the libraries come from the zip"


def test_recipes_list(blender):
    done = blender("-b", "-P", blender.runner, "--", "recipes", "list")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "quickstart" in done.stdout and "bop_room" in done.stdout
    assert "Traceback" not in done.stderr


def test_mistake_is_exit_code_two(blender):
    done = blender("-b", "-P", blender.runner, "--", "no-such-command")
    assert done.returncode == 2, done.stdout + done.stderr
    assert "Traceback" not in done.stdout + done.stderr
