from mockserver.resilience.hold import Hold


def test_nothing_is_held_at_first() -> None:
    assert (Hold().firm_s(0), Hold().gentle_s(0)) == (0, 0)


def test_what_holds_longer_stays() -> None:
    hold = Hold()
    hold.until(10, firm=True)
    hold.until(5, firm=True)
    hold.until(7, firm=False)
    assert (hold.firm_s(4), hold.gentle_s(4)) == (6, 3)
    assert (hold.firm_s(11), hold.gentle_s(11)) == (0, 0)
