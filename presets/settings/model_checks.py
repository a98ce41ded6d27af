"""What settings of a model lean on each other."""

from collections.abc import Iterator


def problems_of_models(models: list[dict]) -> Iterator[tuple[str, str]]:
    """Mistakes in a list of models: pairs of a key, seen from the list's section, and what is wrong."""
    for index, model in enumerate(models):
        where = f"models[{index}]"
        names = [point["name"] for point in model["keypoints"]]
        for number, name in enumerate(names):
            at = f"{where}.keypoints[{number}].name"
            if not name:
                yield at, "a keypoint needs a name"
            elif name in names[:number]:
                yield at, f"{name} names two keypoints"
        for number, bone in enumerate(model["skeleton"]):
            for end in ("start", "end"):
                # Without keypoints in the recipe they come from a file, and are checked when it is read.
                if names and bone[end] not in names:
                    yield f"{where}.skeleton[{number}].{end}", f"there is no keypoint {bone[end] or 'without a name'}"
        for number, symmetry in enumerate(model["symmetries"]):
            if not any(symmetry["axis"]):
                yield f"{where}.symmetries[{number}].axis", "an axis needs a direction; [0, 0, 0] has none"
            if symmetry["fold"] == 1:
                yield (
                    f"{where}.symmetries[{number}].fold",
                    "1 is a whole turn, which every object has; 2 is a half turn",
                )
