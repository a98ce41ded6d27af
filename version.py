"""The one place that knows Truthbake's version: its manifest."""

import tomllib
from pathlib import Path

VERSION: str = tomllib.loads((Path(__file__).parent / "blender_manifest.toml").read_text(encoding="utf-8"))["version"]
