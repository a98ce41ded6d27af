"""What can go wrong on the stage."""


class StageError(ValueError):
    """A scene that cannot be staged; the message is one line for the user."""
