"""Long sentences in a narrow sidebar: Blender cuts a label off, so it becomes several."""

from __future__ import annotations

import functools
import unicodedata

# Pixels of a usual letter, and of what stands beside a sentence (margins, scroll bar, icon), at a scale of 1.
LETTER, MARGIN, ICON = 6.6, 50, 20
PLAIN = 320  # pixels of a sidebar where there is none


def draw_text(layout, context, text: str, icon: str = "NONE", most: int = 8) -> None:
    """A sentence as labels of at most ``most`` lines, the first with the icon; it is data or translated already."""
    scale = context.preferences.system.ui_scale
    pixels = context.region.width / scale if context.region else PLAIN
    width = int((pixels - MARGIN - (ICON if icon != "NONE" else 0)) / LETTER)
    column = layout.column(align=True)
    column.scale_y = 0.8
    for number, line in enumerate(lines(text, max(12, width))[:most]):
        shown = "NONE" if icon == "NONE" else icon if number == 0 else "BLANK1"
        column.label(text=line, icon=shown, translate=False)


@functools.lru_cache(maxsize=256)
def lines(text: str, width: int) -> list[str]:
    """A text in lines of at most ``width`` letters, broken at blanks; what has none, as a path, is broken anywhere.

    A Chinese or Japanese letter is as wide as two, and a line may end after it.
    """
    found, line, breakable = [], "", 0
    for letter in text:
        line += letter
        if letter in " /\\" or _width(letter) == 2:
            breakable = len(line)
        if sum(map(_width, line.rstrip())) > width and not _hangs(letter):
            end = breakable if 0 < breakable < len(line) else len(line) - 1
            found.append(line[:end].rstrip())
            line, breakable = line[end:], 0
    return [*found, line] if line.strip() or not found else found


def _hangs(letter: str) -> bool:
    """Whether no line may begin with it: wide commas, stops and closing brackets stand out a little instead."""
    return _width(letter) == 2 and unicodedata.category(letter) in ("Po", "Pe")


def _width(letter: str) -> int:
    return 2 if unicodedata.east_asian_width(letter) in "WF" else 1
