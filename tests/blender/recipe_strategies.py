"""Random valid recipes, derived from the fields like everything else."""

import string

from hypothesis import strategies as st

from tests.house import module

stored = module("presets.numbers").stored

TEXT = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Zl", "Zp"], exclude_characters="\ufeff\ufffe\uffff")
    | st.sampled_from("\n\t\"'#:{}[]-~"),
    max_size=20,
) | st.sampled_from(
    ["null", "true", "off", "1e3", "000001", "1:30", "2024-01-01", "<<", "=", "|", " x ", "- a", "0x1f"]
)
PATHS = st.text(string.ascii_letters + string.digits + " _-äß'#", min_size=1, max_size=10).map(
    lambda name: "/data/" + name
)


def values(field):
    """A strategy for whatever fits one field, not yet in normal form."""
    match field.kind:
        case "section":
            return partial(field)
        case "list":
            return st.lists(partial(field), max_size=3)
        case "bool":
            return st.booleans()
        case "enum":
            return st.sampled_from(field.words) | st.sampled_from(field.words).map(str.upper)
        case "set":
            return st.lists(st.sampled_from(field.words), min_size=1)
        case "text":
            return TEXT
        case "file" | "folder":
            return PATHS | st.just("")
    number = (
        st.integers(-(2**31) if field.low is None else field.low, 2**31 - 1 if field.high is None else field.high)
        if field.kind == "int"
        else st.floats(field.low, field.high, allow_nan=False, allow_infinity=False)
    )
    if field.varies:
        return number | distributions(field, number)
    return st.lists(number, min_size=field.size, max_size=field.size) if field.size else number


def distributions(field, number):
    """A strategy for every way in which a number may vary."""
    pair = st.lists(number, min_size=2, max_size=2).map(sorted)
    deviation = st.floats(0.0, 1e3)
    ways = [
        pair,
        pair.map(lambda ends: {"uniform": ends}),
        number.map(lambda value: {"constant": value}),
        st.lists(number, min_size=1, max_size=5).map(lambda values: {"choice": values}),
        st.tuples(number, deviation).map(lambda both: {"normal": list(both)}),
        # Numbers that differ, but not for Blender, are no range.
        st.tuples(
            st.lists(number, min_size=3, max_size=3, unique_by=lambda value: stored(value, field.unit)).map(sorted),
            deviation,
        ).map(lambda both: {"normal": [both[0][1], both[1]], "within": [both[0][0], both[0][2]]}),
    ]
    low, high = field.low or 0.0, field.high
    if high is None or high > 1e-3:
        positive = (
            st.integers(max(1, int(low)), int(high or 2**31 - 1))
            if field.kind == "int"
            else st.floats(max(1e-3, low), high or 1e6)
        )
        positives = st.lists(positive, min_size=2, max_size=2).map(sorted)
        ways.append(positives.map(lambda ends: {"log_uniform": ends}))
    return st.one_of(ways)


def partial(section):
    """A strategy for a section or a recipe that names any of its keys."""
    return st.fixed_dictionaries({}, optional={field.key: values(field) for field in section.fields})
