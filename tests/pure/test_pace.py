"""The estimate of a bake's pace, against bakes whose end is known."""

from importlib.util import module_from_spec, spec_from_file_location

from tests.house import ROOT

_spec = spec_from_file_location("pace", ROOT / "operators" / "jobs" / "pace.py")
pace = module_from_spec(_spec)
_spec.loader.exec_module(pace)


def test_nothing_is_told_too_early():
    told = pace.Pace(100.0)
    assert told.rate == 0 and told.left(10, 101.0) is None
    told.add(101.0)
    told.add(102.0)
    assert told.rate == 0
    told.add(103.0)
    assert told.rate == 1.0 and told.left(10, 103.0) == 10.0


def test_it_counts_down_while_an_image_is_at_work_and_never_below_the_others():
    told = pace.Pace(0.0)
    for instant in (10.0, 20.0, 30.0):
        told.add(instant)
    assert [told.left(3, instant) for instant in (30.0, 35.0, 40.0, 400.0)] == [30.0, 25.0, 20.0, 20.0]
    assert told.left(3, 400.0, at_once=2) == 10.0
    assert told.left(0, 30.0) is None


def test_it_follows_a_bake_that_becomes_slower():
    """A mean would still be off by a factor of ten after as many slow images as fast ones."""
    told, instant = pace.Pace(0.0), 0.0
    for _ in range(100):
        instant += 0.1
        told.add(instant)
    for _ in range(100):
        instant += 5.0
        told.add(instant)
    assert abs(told.rate - 0.2) < 0.001


def test_it_settles_where_scenes_begin_slowly():
    """Scenes of 25 images, 0.2 s each, after 4 s of staging: the estimate stays within a tenth once a few are done."""
    told, instant, images, total = pace.Pace(0.0), 0.0, 0, 100 * 25
    whole = 100 * (4.0 + 25 * 0.2)
    for scene in range(100):
        instant += 4.0
        for _ in range(25):
            instant += 0.2
            images += 1
            told.add(instant)
            if 10 <= scene < 99:
                left = told.left(total - images, instant)
                assert abs(left - (whole - instant)) < 0.1 * whole


def test_several_workers_that_tell_in_bursts():
    told = pace.Pace(0.0)
    for instant in range(1, 200):
        for _ in range(4):
            told.add(float(instant))
    assert abs(told.rate - 4.0) < 0.15
