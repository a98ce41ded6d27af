"""The one error of this room."""

from collections.abc import Iterable


class RecipeError(ValueError):
    """A recipe is not what it should be. The message is one line for the user; `problems` holds every line found."""

    def __init__(self, problems: str | Iterable[str]):
        self.problems = [problems] if isinstance(problems, str) else list(problems)
        more = len(self.problems) - 1
        super().__init__(self.problems[0] + (f" (and {more} more)" if more else ""))
