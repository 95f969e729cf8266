"""Who sits at the desk, kept in a cookie that nobody else can write."""

from services.console import seat

SECRET = b"s" * 32
ANNA = seat.Seat("n1", "Anna", (seat.Flash("danger", "Nein.", "m-1"),))


def test_a_seat_comes_back_as_it_was():
    assert seat.read(seat.write(ANNA, SECRET), SECRET) == ANNA


def test_a_seat_of_somebody_elses_making_is_none():
    ours = seat.write(ANNA, SECRET)
    body, _, signature = ours.partition(".")

    assert seat.read(seat.write(ANNA, b"other"), SECRET) is None
    assert seat.read(f"{body}x.{signature}", SECRET) is None
    assert seat.read("", SECRET) is None
    assert seat.read(None, SECRET) is None


def test_each_seat_has_a_form_token_of_its_own():
    bert = seat.Seat("n2", "Bert")

    assert seat.token(ANNA, SECRET) != seat.token(bert, SECRET)
    assert seat.token(ANNA, SECRET) == seat.token(ANNA.heard(), SECRET)


def test_a_name_is_one_line_of_bearable_length():
    assert seat.fresh().taken_by("  Kim \n Muster ").name == "Kim Muster"
    assert len(seat.fresh().taken_by("x" * 500).name) == 120


def test_the_cookie_stays_small_however_much_was_said():
    who = ANNA
    for _ in range(20):
        who = who.told(seat.Flash("info", "ä" * 1_000))

    assert len(seat.write(who, SECRET)) < 4_000
