"""Tests of model/decide: which tools an utterance needs, how many calls, and why."""

from typing import Any

from catalogues import BROWSER, PAYMENTS, REQUESTS, SMART_HOME, tools
from raw_http import user
from rows import each, each_of

from mock_electron.model.decide import ENOUGH, likely, needs, scores
from mock_electron.model.fill import assigned
from mock_electron.model.said import Said
from mock_electron.wire import request as wire_request
from mock_electron.wire.request import Tool


def offered(lines: str | list[dict[str, Any]]) -> tuple[Tool, ...]:
    """Return the tools that lines of a catalogue describe."""
    listed = tools(lines) if isinstance(lines, str) else lines
    body = {"model": "electron", "messages": user("x"), "tools": listed}
    return wire_request.parse_request(body).tools


def names(text: str, lines: str) -> list[str]:
    """Return the names of the tools that a text needs."""
    return [need.tool.name for need in needs(offered(lines), Said(text))]


def given(text: str, lines: str) -> list[tuple[str, dict[str, Any]]]:
    """Return the calls that a text needs, with the values that were said for them."""
    found = needs(offered(lines), Said(text))
    return [
        (
            need.tool.name,
            {name: one.value for name, one in assigned(need.tool, need.said).given.items()},
        )
        for need in found
    ]


CATALOGUES = {
    f"{name}: {text}": (lines, text, expected)
    for name, (lines, requests) in REQUESTS.items()
    for text, expected in requests
}
NOT_YET = {
    "a code host: Did the checks of pull request 88 pass in acme/rockets?",
    "a chat: Post 'the build is green' in #releases",
    "a chat: What did people write in #support lately?",
}
"""What no rule understands yet."""


@each({name: row for name, row in CATALOGUES.items() if name not in NOT_YET})
def test_a_catalogue_of_tools(row: tuple[str, str, list[str]]) -> None:
    """Of many tools, the one that is asked for is needed, and none if nothing fits."""
    lines, text, expected = row
    assert names(text, lines) == expected


MONEY = """
pay(payee, amount:num): Pay an amount to somebody
get_balance(account?): Get how much money is in an account
"""
FANS = """
set_fan(room, state:on|off): Switch the fan of a room on or off
set_temperature(degrees:num): Set the temperature of the heating
"""
TIMES = """
get_current_time(location): Get the current time in a city
get_time_difference(city_1, city_2): Get the difference in time between two cities
"""
ROUTES = """
get_distance(origin, destination): Get the distance between two places
get_travel_time(origin, destination): Get how long it takes to travel between two places
"""
CALCULATOR = (
    "calculator(expression): Work out an arithmetic expression\nget_weather(city): Get the weather"
)
CALL = "end_call(): End the call when the caller says goodbye\nbook_visit(date): Book a visit"
ONE = [
    ("how much is left on my card", MONEY, ["get_balance"]),
    ("pay meera 1200 rupees", MONEY, ["pay"]),
    ("What is 37 * 19?", CALCULATOR, ["calculator"]),
    ("thanks, that's all, bye", CALL, ["end_call"]),
    ("who won the cricket yesterday", "get_weather(city): Get the weather of a city", []),
    (
        "Calculate the area of a triangle with a base of 10 and a height of 5",
        "body_mass_index(weight:num, height:num): Calculate the body mass index",
        [],
    ),
    ("turn the lamp in the hall off", SMART_HOME, ["turn_off_light"]),
    ("are there any disputes", PAYMENTS, ["list_disputes"]),
    ("go to https://example.com", BROWSER, ["browser_navigate"]),
]


@each_of(ONE)
def test_one_tool_is_needed_or_none(text: str, lines: str, expected: list[str]) -> None:
    """A question never becomes a change, and a shared value is not enough."""
    assert names(text, lines) == expected


LANDLORD = """
report_issue(unit, category:heating|plumbing|lock): Report something that needs a repair
pay_rent(unit, amount:num): Pay the rent
end_tenancy(unit, last_day): End a tenancy
"""
GARAGE = """
book_service(plate, day): Book a service for a car
service_status(plate): Tell whether a car is done
cancel_service(plate): Cancel a service
"""
TAXI = """
request_ride(pickup, destination): Send a taxi
ride_status(ride): Where a taxi is
cancel_ride(ride): Cancel a taxi
fare_estimate(pickup, destination): What a ride would cost
"""
SWITCHBOARD = """
transfer_call(department:billing|sales): Transfer the caller to a department
take_message(text): Take a message
"""
EVERYDAY = [
    ("there's no hot water again in flat 9", LANDLORD, "report_issue"),
    ("i'd like my brakes looked at on monday", GARAGE, "book_service"),
    ("are you done with my car yet", GARAGE, "service_status"),
    ("i need a lift from the museum to the harbour", TAXI, "request_ride"),
    ("how long until he gets here", TAXI, "ride_status"),
    ("how much would it be to the airport", TAXI, "fare_estimate"),
    ("can i speak to somebody about what i was charged", SWITCHBOARD, "transfer_call"),
    ("do you reckon it will stay dry", LANDLORD, None),
    ("what a long day i had", TAXI, None),
]


@each_of(EVERYDAY)
def test_everyday_words_find_the_tool(text: str, lines: str, expected: str | None) -> None:
    """A caller's own words lead to the tool that they are about, and other words to none."""
    found = needs(offered(lines), Said(text))
    asks = text.startswith(("are", "how", "do", "what"))
    tool = found[0].tool if found else likely(offered(lines), Said(text), asks=asks)
    assert (tool and tool.name) == expected


def test_nothing_is_undone_that_nobody_spoke_of() -> None:
    """Of tools for the same things, the one that cancels needs a word for it."""
    lines = "cancel_alarm(label): Cancel an alarm\nstart_alarm(label): Start an alarm"
    assert names("kitchen alarm for twenty minutes", lines)[:1] == ["start_alarm"]
    assert names("get rid of the kitchen alarm", lines)[:1] == ["cancel_alarm"]


def test_the_parts_of_a_message_that_counts_them() -> None:
    """What is said in one part belongs to its tool, however many sentences it takes."""
    lines = f"{MONEY.strip()}\n{FANS.strip()}"
    text = (
        "I have three wishes. First, I am cold. Set the temperature to 23. "
        "Secondly, I owe Maya something. Pay 40 dollars to her. "
        "Lastly, tell me how much money is in my account."
    )
    found = [(need.tool.name, need.said.text) for need in needs(offered(lines), Said(text))]
    assert [name for name, _ in found] == ["set_temperature", "pay", "get_balance"]
    assert found[1][1].startswith("Secondly, I owe Maya")


OFFICE = """
office_post_note(room, text): Post a note in a room
office_add_star(note): Add a star to a note
office_list_rooms(): List the rooms
office_read_history(room): Read the history of a room
office_create_refund(payment): Create a refund
office_old_refund(payment): DEPRECATED: Give a refund
office_cancel_payment(payment): Cancel a payment
"""
BRANDED = [
    ("post a note in the kitchen", ["office_post_note"]),
    ("star the note n17", ["office_add_star"]),
    ("refund payment p12", ["office_create_refund"]),
    ("delete the room", []),
]


@each_of(BRANDED)
def test_a_brand_is_no_word_of_its_tools(text: str, expected: list[str]) -> None:
    """Nor is it a noun that is said as a verb, and a deprecated tool is the last choice."""
    assert names(text, OFFICE) == expected


WEATHER = "get_weather(city): Get the weather of a city"
SEVERAL: list[tuple[str, str, list[tuple[str, dict[str, Any]]]]] = [
    (
        "The weather in Beijing and Tokyo",
        WEATHER,
        [("get_weather", {"city": "Beijing"}), ("get_weather", {"city": "Tokyo"})],
    ),
    (
        "What is the weather in Boston, MA and in Austin, TX?",
        WEATHER,
        [("get_weather", {"city": "Boston, MA"}), ("get_weather", {"city": "Austin, TX"})],
    ),
    (
        "Find the factorial of 5, 10 and 15.",
        "factorial(number:int): Get the factorial of a number",
        [
            ("factorial", {"number": 5}),
            ("factorial", {"number": 10}),
            ("factorial", {"number": 15}),
        ],
    ),
    (
        "What is the greatest common divisor of 12 and 15?",
        "gcd(a:int, b:int): Get the greatest common divisor of two numbers",
        [("gcd", {"a": 12, "b": 15})],
    ),
    (
        "Find me a jazz festival in Utrecht",  # what the tool finds is no genre
        "find_festival(genre, city): Find a festival",
        [("find_festival", {"genre": "jazz", "city": "Utrecht"})],
    ),
    (
        "How far is it from Rome to Milan and from Milan to Turin?",
        "get_distance(origin, destination): Get how far it is between two places",
        [
            ("get_distance", {"origin": "Rome", "destination": "Milan"}),
            ("get_distance", {"origin": "Milan", "destination": "Turin"}),
        ],
    ),
]


@each_of(SEVERAL)
def test_a_list_of_values_is_several_calls(
    text: str, lines: str, expected: list[tuple[str, dict[str, Any]]]
) -> None:
    """Each member of a list gets a call, unless one call takes them all."""
    assert given(text, lines) == expected


COUNTED = [
    ("switch the attic and the cellar fans off, and set the heating to 21", FANS, ["set_fan", "set_fan", "set_temperature"]),
    ("What's the current time in Beijing and Tokyo, and what's the time difference?", TIMES, ["get_current_time", "get_current_time", "get_time_difference"]),
    ("Tell me the distance and the travel time between Rome and Milan", ROUTES, ["get_distance", "get_travel_time"]),
    ("Find a shirt of colour Blue and size Large", "search(colour, size): Search for clothes by colour and size", ["search"]),
    ("roll the die three times", "roll_die(): Roll a die", ["roll_die"] * 3),
    ("The weather in Rome and in Oslo. Then do the same for Paris.", WEATHER, ["get_weather"] * 3),
    ("show ratings of Lakers and Bulls for 2018 and 2020 respectively", "get_rating(team, year:int): Get the rating of a team in a year", ["get_rating"] * 2),
    ("show ratings of Lakers and Bulls for 2018 and 2020", "get_rating(team, year:int): Get the rating of a team in a year", ["get_rating"] * 4),
    ("Book the hall for Monday. My name is Anna.", "book_hall(day, name): Book the hall for a day", ["book_hall"]),
]  # fmt: skip


@each_of(COUNTED)
def test_the_number_of_calls(text: str, lines: str, expected: list[str]) -> None:
    """Several objects or commands are several calls; labelled values are one."""
    assert names(text, lines) == expected


def test_both_calls_of_a_shared_subject_get_it() -> None:
    """A subject that two tools share goes to both."""
    route = {"origin": "Rome", "destination": "Milan"}
    assert given("Tell me the distance and the travel time between Rome and Milan", ROUTES) == [
        ("get_distance", route),
        ("get_travel_time", route),
    ]


def test_a_score_tells_its_parts() -> None:
    """Scores are sorted, and the points of the parts add up, each with the words that matched."""
    found = scores(offered(SMART_HOME), Said("lock the front door"))
    assert found[0].tool.name == "lock_door"
    assert found[0].points >= ENOUGH
    assert [one.points for one in found] == sorted([one.points for one in found], reverse=True)
    for one in found:
        assert sum(part.points for part in one.parts) == one.points
    assert ("its verb", ("lock",)) in [(part.rule, part.words) for part in found[0].parts]


def test_a_word_that_all_tools_have_tells_none_of_them() -> None:
    """The rarer word decides, wherever it is."""
    lines = "report_sales(): Report the sales\nreport_costs(): Report the costs"
    assert names("give me the report of the costs", lines) == ["report_costs"]
