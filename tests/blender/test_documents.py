"""The documents speak of keys, recipes and pictures that exist."""

import re

import pytest
import yaml

from tests.house import ROOT, module

recipes, fields = module("presets.recipes"), module("presets.fields")
COMING_FROM = (ROOT / "docs" / "coming-from.md").read_text(encoding="utf-8")
GALLERY = (ROOT / "docs" / "gallery.md").read_text(encoding="utf-8")
SECTIONS = {field.key for field in fields.recipe().fields}


def snippets():
    """Whatever stands between backticks in the right column and begins with the name of a section."""
    for line in COMING_FROM.splitlines():
        for text in re.findall(r"`([^`]+)`", line.rsplit("|", 2)[-2]) if line.startswith("| ") else ():
            if re.split(r"[.:\[ ]", text)[0] in SECTIONS and not text.endswith(".yaml"):
                yield text


def unknown(section, tree) -> list[str]:
    """The keys of a snippet that a section does not have; dotted ones reach into it."""
    found = []
    for key, value in tree.items():
        field = section
        for part in re.sub(r"\[\d*\]", "", str(key)).split("."):
            field = field and field.child(part)
        if field is None:
            found.append(key)
        elif field.kind in ("section", "list"):
            items = value if isinstance(value, list) else [value]
            found += [name for item in items if isinstance(item, dict) for name in unknown(field, item)]
    return found


@pytest.mark.parametrize("text", list(snippets()))
def test_keys_exist(text):
    tree = yaml.safe_load(re.sub(r",? *\.\.\.", "", text))
    tree = {tree: None} if isinstance(tree, str) else tree
    assert unknown(fields.recipe(), tree) == []


def test_every_recipe_has_its_picture_and_is_short():
    for entry in recipes.builtin():
        picture = ROOT / "docs" / "images" / "recipes" / f"{entry.name}.jpg"
        assert f"## {entry.name}\n\n{entry.description}." in GALLERY, entry.name
        assert f"(images/recipes/{entry.name}.jpg)" in GALLERY and picture.stat().st_size < 300_000, entry.name
        lines = entry.path.read_text(encoding="utf-8").splitlines()
        assert lines[0].startswith("# ") and len(lines) <= 150, entry.name


@pytest.mark.parametrize("name", [entry.name for entry in recipes.builtin()])
def test_every_recipe_is_whole_and_named_in_the_readme(name):
    assert recipes.compose([name])["schema"] == 1
    assert f"`{name}`" in (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("page", sorted(ROOT.glob("*.md")) + sorted((ROOT / "docs").glob("*.md")), ids=lambda p: p.name)
def test_links_lead_somewhere(page):
    for target in re.findall(r"\]\(([^)#]+)\)", page.read_text(encoding="utf-8")):
        assert target.startswith("https://") or (page.parent / target).exists(), target
