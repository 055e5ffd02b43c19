"""Values on their way into a client and out of it: the member of a union that is meant, results that ask late."""

from functools import cached_property

from mockserver.edges.consumer.arguments import convert
from mockserver.edges.consumer.lazy import looked_at
from mockserver.edges.consumer.methods import methods_of


class Null:
    """A class of the client's own that says null."""


class Network:
    def ping(self) -> None: ...


class Part:
    def __init__(self, network: Network) -> None:
        self.network = network

    def read(self) -> None: ...


class Whole:
    def __init__(self) -> None:
        self.zone = Network()
        self.boxes, self.rooms = Part(self.zone), Part(self.zone)


class Late:
    def __init__(self) -> None:
        self.asked: list[str] = []

    @cached_property
    def name(self) -> str:
        self.asked.append("name")
        return "a"

    @property
    def size(self) -> int:
        self.asked.append("size")
        return 1


def test_a_number_stays_one_where_a_text_is_allowed_too() -> None:
    assert convert(1.5, str | float).value == 1.5


def test_an_empty_object_is_no_object_that_says_null() -> None:
    assert convert({}, Null | dict[str, bool]).value == {}


def test_a_result_is_read_until_it_asks() -> None:
    late = Late()
    assert looked_at(late, lambda: bool(late.asked)) is late
    assert late.asked == ["name"]


def test_a_list_of_the_clients_own_is_read() -> None:
    class Pages:
        def __iter__(self):
            yield from (1, 2)

    assert looked_at(Pages(), lambda: False) == [1, 2]


def test_what_all_parts_share_is_one_part() -> None:
    assert [method.path for method in methods_of(Whole())] == ["boxes.read", "rooms.read", "zone.ping"]
