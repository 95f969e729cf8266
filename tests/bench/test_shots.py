from bench import shots
from bench.yardsticks import Options


def test_places_given_once_are_proven_in_every_tier():
    told = shots.run(Options(needs=60, offers=20, seed=2))

    assert (told["engine"], told["proven"]) == ("one-shot flow", True)
    assert (told["left"], told["edges"]) == ([0, 0, 0], 60 * 20)
    assert 20 <= int(str(told["placed"])) <= 40
