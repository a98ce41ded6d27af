"""What a recipe's models become before the first scene."""

from tests.house import module


def kinds(*assignments) -> list[str]:
    recipe = module("presets.recipes").compose(["quickstart"], ["distractors.count=3", *assignments])
    assets, _ = module("operators.jobs.model_library").load(recipe)
    return [asset.kind for asset in assets]


def test_primitives_only_where_they_are_wanted():
    assert "distractor" in kinds()
    assert "distractor" not in kinds("distractors.use_primitives=false")
    assert "distractor" not in kinds("distractors.count=0")
    assert "target" in kinds("distractors.use_primitives=false")
