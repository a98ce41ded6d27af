"""A bake's numbers in words, in the user's language."""

from __future__ import annotations

from bpy.app.translations import pgettext_iface

from ...scene.assets.formats import MILLIMETRES, TRUE_UNIT
from .tally import BAKING, EXPORTING, Tally


def state(tally: Tally) -> str:
    """What goes on."""
    if tally.state == BAKING:
        text = pgettext_iface("Scene {scene} of {total}").format(scene=tally.scene, total=tally.total)
        if tally.device:
            text = pgettext_iface("{scene} on {device}").format(scene=text, device=tally.device)
    elif tally.state == EXPORTING:
        text = pgettext_iface("Exporting")
    else:
        text = pgettext_iface("Starting Blender")
    if tally.variants:
        number = f"{min(tally.variants_done + 1, tally.variants)}/{tally.variants}"
        return f"{number} {tally.variant}: {text}"
    return text


def count(tally: Tally) -> str:
    """How many images are done; empty while that is not known."""
    if not tally.frames:
        return ""
    return pgettext_iface("{done} of {total} images").format(done=tally.frames_done, total=tally.frames)


def pace(tally: Tally) -> str:
    """How fast images come; empty while that is not known."""
    rate = tally.images_per_minute
    if not rate:
        return ""
    shown = f"{rate:.0f}" if rate >= 10 else f"{rate:.1f}"
    return pgettext_iface("{rate} images per minute").format(rate=shown)


def left(tally: Tally) -> str:
    """How long it still takes, as coarse as it is sure; empty while that is not known."""
    seconds = tally.left
    if seconds is not None and tally.variants:  # those to come take as long, for all that is known
        seconds += (tally.variants - tally.variants_done - 1) * seconds_of_a_variant(tally)
    if seconds is None:
        return ""
    return pgettext_iface("About {time} left").format(time=span(_coarse(seconds)))


def seconds_of_a_variant(tally: Tally) -> float:
    """How long all images of the variant at hand take at the recent pace."""
    return tally.frames / tally.pace.rate


def span(seconds: float) -> str:
    """A length of time with its two largest units: 2 h 5 min, 3 min 20 s, 8 s."""
    whole = int(seconds)
    hours, minutes = whole // 3600, whole // 60 % 60
    if hours >= 24:
        return pgettext_iface("{days} d {hours} h").format(days=hours // 24, hours=hours % 24)
    if hours:
        return pgettext_iface("{hours} h {minutes} min").format(hours=hours, minutes=minutes)
    if minutes and not whole % 60:
        return pgettext_iface("{minutes} min").format(minutes=minutes)
    if minutes:
        return pgettext_iface("{minutes} min {seconds} s").format(minutes=minutes, seconds=whole % 60)
    return pgettext_iface("{seconds} s").format(seconds=whole)


def _coarse(seconds: float) -> int:
    """Rounded up to steps in which it does not flicker: seconds, then 10 s, then minutes."""
    for below, step in ((10, 1), (120, 10)):
        if seconds < below:
            return max(1, -int(-seconds // step)) * step
    return -int(-seconds // 60) * 60


def summary(tally: Tally) -> list[tuple[str, str]]:
    """What came of it: pairs of a name and a value."""
    rows = [
        (pgettext_iface("Scenes Baked"), str(tally.scenes_baked)),
        (pgettext_iface("Images Baked"), str(tally.images_baked)),
    ]
    if tally.scenes_there:
        rows.append((pgettext_iface("There Before"), str(tally.scenes_there)))
    if tally.scenes_failed:
        rows.append((pgettext_iface("Failed"), str(tally.scenes_failed)))
    return [*rows, (pgettext_iface("Duration"), span(tally.elapsed))]


def in_sidebar(warning: str) -> str:
    """A warning of a bake, where it advises an option of the command line, with the field of the sidebar instead."""
    told = warning.replace(MILLIMETRES, "set its Unit to Millimetres")
    return told.replace(TRUE_UNIT, "set its Unit to the true one")
