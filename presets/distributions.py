"""How a number that varies is written.

====================================  =============================================================================
``4``                                 constant
``[1, 4]``                            uniform between both ends, whole numbers with both ends included
``{log_uniform: [0.01, 10]}``         uniform in the logarithm: every order of magnitude is equally likely
``{normal: [1.0, 0.1]}``              mean and standard deviation, cut at six deviations and at the setting's limits;
                                      ``{normal: [1.0, 0.1], within: [0.9, 1.2]}`` cuts it where one likes
``{choice: [1, 2, 5]}``               one of them; a number given twice is twice as likely
====================================  =============================================================================

``{constant: 4}`` and ``{uniform: [1, 4]}`` are understood too. The normal form in a recipe dict is the shortest.
"""

NAMES = ("constant", "uniform", "log_uniform", "normal", "choice")
WITHIN = "within"
REACH = 6.0  # deviations at which a normal distribution is cut: beyond lie two draws in a thousand million


def read(how: str, pair: list, text: str):
    """What three properties of the sidebar hold, as a recipe has it; not validated."""
    match how:
        case "CONSTANT":
            return pair[0]
        case "UNIFORM":
            return pair[0] if pair[0] == pair[1] else pair
        case "LOG_UNIFORM":
            return {"log_uniform": pair}
    values = _numbers(text)
    if how == "NORMAL" and isinstance(values, list) and len(values) == 4:
        return {"normal": values[:2], WITHIN: values[2:]}
    return {how.lower(): values}


def write(value) -> tuple[str, list | None, str]:
    """The inverse for a value in normal form: how, the pair or None, and the text."""
    if isinstance(value, list):
        return "UNIFORM", value, ""
    if not isinstance(value, dict):
        return "CONSTANT", [value, value], ""
    if "log_uniform" in value:
        return "LOG_UNIFORM", value["log_uniform"], ""
    if "choice" in value:
        return "CHOICE", None, ", ".join(map(str, value["choice"]))
    return "NORMAL", None, ", ".join(map(str, [*value["normal"], *value.get(WITHIN, [])]))


def _numbers(text: str):
    """The numbers in a text, or the text itself where it holds anything else."""
    try:
        return [int(part) if part.strip().lstrip("+-").isdigit() else float(part) for part in text.split(",")]
    except ValueError:
        return text
