"""Work for many questions: none eats all, and each may take a little."""

from mockserver.schema.purse import Purse


def test_a_question_may_take_a_part_of_what_is_left() -> None:
    purse = Purse(1000, most=100, least=5)
    assert purse.share() == 50
    purse.spend(500)
    assert purse.share() == 25


def test_no_question_takes_more_than_the_most() -> None:
    assert Purse(1_000_000, most=100, least=5).share() == 100


def test_a_spent_purse_still_gives_the_least() -> None:
    purse = Purse(100, most=100, least=5)
    purse.spend(1000)
    assert purse.share() == 5


def test_hard_questions_without_end_cost_the_purse_and_then_the_least_each() -> None:
    purse, spent = Purse(10_000, most=1000, least=3), []
    for _ in range(1000):
        spent.append(purse.share())
        purse.spend(spent[-1])
    assert spent == sorted(spent, reverse=True)
    assert sum(spent) < 10_000 + 3 * 1000
