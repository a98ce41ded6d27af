"""What the command line takes."""

from __future__ import annotations

import argparse

DEVICES = ("auto", "cpu", "cuda", "optix", "hip", "metal", "oneapi")
UNITS = ("auto", "mm", "cm", "m", "inch", "bop")


class Parser(argparse.ArgumentParser):
    """Says what is wrong in one line."""

    def error(self, message: str):
        self.exit(2, f"truthbake: {message}; see {self.prog} --help\n")


def build() -> argparse.ArgumentParser:
    """The whole parser."""
    parser = Parser(
        prog="truthbake",
        description="CAD models in, an exactly labelled data set out.",
        epilog="In Blender: blender -b -P run_addon.py -- COMMAND; with the bpy module: python run_addon.py COMMAND",
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    _bake(commands.add_parser("bake", help="render the scenes that are missing in a data set, then export it"))

    sweep = commands.add_parser("sweep", help="bake each variant of a recipe's sweep into a data set of its own")
    _bake(sweep, needs_output=False)
    sweep.add_argument("--only", metavar="NAME[,NAME]", help="these variants alone")
    sweep.add_argument("--list", "--dry-run", action="store_true", help="print the variants and bake nothing")

    export = commands.add_parser("export", help="export a baked data set; nothing is rendered")
    export.add_argument("folder", metavar="DIR", help="the data set")
    export.add_argument("--format", required=True, metavar="NAME[,NAME]", help="bop, coco")
    export.add_argument("--output", metavar="DIR", help="folder for the exports (default: DIR/exports)")
    export.add_argument(
        "--set",
        dest="assignments",
        action="append",
        default=[],
        metavar="KEY=VALUE",
        help="override one key of output for this export, such as output.licence",
    )

    verify = commands.add_parser("verify", help="check every label of a data set or an export")
    verify.add_argument("folder", metavar="DIR", help="the data set, or the folder of a BOP or COCO data set")
    verify.add_argument("--format", choices=("bop", "coco"), help="check this export instead of the store")

    report = commands.add_parser("report", help="write report.html and contact_sheet.png")
    report.add_argument("folder", metavar="DIR", help="the data set")

    recipes = commands.add_parser("recipes", help="list, show, check and document recipes")
    actions = recipes.add_subparsers(dest="action", metavar="ACTION")
    actions.add_parser("list", help="the built-in and the user's recipes")
    show = actions.add_parser("show", help="the whole effective recipe as YAML")
    show.add_argument("recipe", metavar="NAME|FILE", nargs="+", help="later ones override earlier ones")
    show.add_argument("--set", dest="assignments", action="append", default=[], metavar="KEY=VALUE")
    check = actions.add_parser("check", help="validate recipe files")
    check.add_argument("recipe", metavar="NAME|FILE", nargs="+")
    actions.add_parser("reference", help="documentation of every key")
    return parser


def _bake(parser: argparse.ArgumentParser, needs_output: bool = True) -> None:
    parser.add_argument(
        "--recipe",
        action="append",
        default=[],
        metavar="NAME|FILE",
        help="a recipe; later ones override earlier ones (default: the opened .blend file's settings, else quickstart)",
    )
    parser.add_argument(
        "--set", dest="assignments", action="append", default=[], metavar="KEY=VALUE", help="override one key"
    )
    output = "the data set" if needs_output else "the folder of the data sets"
    parser.add_argument(
        "--output", required=needs_output, metavar="DIR", help=f"{output}; running again continues what is there"
    )
    parser.add_argument("--blend", metavar="FILE", help="a .blend file to open first, as blender -b FILE does")
    parser.add_argument("--seed", type=int, metavar="N", help="same as --set output.seed=N")
    parser.add_argument("--scenes", metavar="A:B", help="only scenes A up to B, B not included")
    parser.add_argument("--frames-per-scene", type=int, metavar="N", help="same as --set output.frames_per_scene=N")
    parser.add_argument("--workers", type=int, metavar="N", help="how many Blenders bake side by side")
    parser.add_argument("--device", choices=DEVICES, help="same as --set render.device=NAME")
    parser.add_argument(
        "--objects", nargs="+", metavar="PATH", help="model files or folders that replace the recipe's objects"
    )
    parser.add_argument(
        "--unit", choices=UNITS, help="unit of the files of --objects and --distractors (default: auto)"
    )
    parser.add_argument("--distractors", nargs="+", metavar="PATH", help="files or folders to scatter, without labels")
    parser.add_argument("--export", metavar="NAME[,NAME]", help="formats instead of the recipe's; none for no export")
    parser.add_argument("--progress", choices=("bar", "json", "none"), default="bar", help="default: bar")
    parser.add_argument("--verbose", action="store_true", help="keep what Blender prints")
    parser.add_argument("--worker", help=argparse.SUPPRESS)  # K/N: one of several workers on the same folder
    parser.add_argument("--settings", help=argparse.SUPPRESS)  # the sidebar's, to which the recipe adds its sweep alone
    parser.add_argument("--parent", type=int, help=argparse.SUPPRESS)  # the process with which this one is to end
