"""Wrong uses: each line is an error for both type checkers.

A comment that ignores no error is itself an error (`warn_unused_ignores` of mypy,
`reportUnnecessaryTypeIgnoreComment` of pyright). This file is not run; see script.py.
"""

# An unknown name also has an unknown type; one error per line is enough.
# pyright: reportUnknownMemberType=false, reportUnknownArgumentType=false
# pyright: reportUnknownLambdaType=false

from mock_electron import (
    ChatRequest,
    Electron,
    Exchange,
    Exchanges,
    MockElectron,
    Pace,
    Plan,
    Scripted,
    Settings,
    Usage,
    When,
    call,
    fail,
    faults,
    reply,
)


def misspelled(electron: Electron, when: When, scripted: Scripted, exchanges: Exchanges) -> None:
    """Unknown names."""
    electron.repy("Hi!")  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue]
    electron.when(sayz="weather")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    electron.reply("Hi!", filer="One moment…")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    electron.reply("Hi!").time(3)  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue]
    electron.fail(503, time=2)  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue]
    electron.inject(faults.Cutt(after=3))  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue]
    electron.inject(faults.Cut(afer=3))  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    electron.plan(requests_per_minutes=5)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    electron.pace(frist=0.1)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    electron.assert_called(timse=2)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    electron.assert_called(sayz="weather")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    electron.assert_retried(503, min_pauses=1)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    electron.assert_cancelled(within_chunk=2)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    electron.assert_cache_hit_rate(at_leats=0.8)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    electron.clock.advanced(60)  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue]
    when.repy("Hi!")  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue]
    when.fail(503, retry_afer=2)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    scripted.cut(afer=5)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    exchanges.where(tol="get_weather")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    exchanges.fialed.where(turn=2)  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue]
    Settings(sead=7)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    Plan(inflight=3)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    Pace(frist=0.1)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    fail(503, retry_afer=2)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    reply("Hi!", filer="One moment…")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]


def wrong_types(electron: Electron, when: When, scripted: Scripted) -> None:
    """Values of a wrong type."""
    electron.reply(5)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    electron.reply(None)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    electron.reply({"text": "Hi!"})  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    electron.reply([call("get_weather")])  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    electron.reply("Hi!", times="2")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    electron.reply("Hi!", pace=0.5)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    electron.reply("Hi!", headers={"x-trace": 7})  # type: ignore[dict-item]  # pyright: ignore[reportArgumentType]
    electron.reply("Hi!", usage=(20, 9))  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    electron.reply("Hi!", logprobs=["Hi", "!"])  # type: ignore[list-item]  # pyright: ignore[reportArgumentType]
    electron.when(turn="2")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    electron.when(says=5)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    electron.when(says=["weather", "rain"])  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    electron.when(stream="yes")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    electron.when(tools={"get_weather"})  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    electron.when(after_tool=["get_weather"])  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    electron.when(headers=["x-trace"])  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    electron.when(parameters=["temperature"])  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    electron.when("weather")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    electron.when(lambda request: request.temprature == 0)  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue]
    electron.fail(None)  # type: ignore[call-overload]  # pyright: ignore[reportArgumentType, reportCallIssue]
    electron.fail(503, retry_after=1.5)  # type: ignore[call-overload]  # pyright: ignore[reportArgumentType, reportCallIssue]
    electron.fail(503, every="4")  # type: ignore[call-overload]  # pyright: ignore[reportArgumentType]
    electron.inject("cut")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    electron.inject(faults.Cut)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    electron.inject(503)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    electron.fragment("7")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    electron.drift("0.1")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    electron.load(b"weather.yaml")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    electron.plan(10)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    electron.pace(0.5)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    electron.clock.advance("60")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    electron.reset("exchange")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    electron.when(user_turn="2")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    electron.when(call_id=5)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    call("f", {"city": "Pune"})  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    call("f").with_id(5)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    MockElectron(port="8787")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    electron.explain("1")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    electron.explain_miss("1")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    electron.assert_called(times="2")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    electron.assert_called(turn="2")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    electron.assert_retried(503.5)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    electron.assert_peak_in_flight(at_most="3")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    electron.assert_cache_hit_rate(at_least="0.8")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    when.fail(503, times="2")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    when.inject(faults.Reset)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    scripted.times("3")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    scripted.cut(after="5")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    scripted.inject("no_done")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    call(get_weather)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    call(name="get_weather")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    fail([503])  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    reply(5)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    Usage("20", 9)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    Plan(in_flight="3")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    Pace(first="0.1")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    Settings(seed="7")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    Settings(sampling="vared")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    Settings(clock="real time")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    Settings(not_found="xml")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    MockElectron(named_tool_finish="end")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    electron.fail("ratelimit")  # type: ignore[call-overload]  # pyright: ignore[reportArgumentType, reportCallIssue]
    electron.reply("Hi!", finish_reason="done")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    electron.exchanges.where(outcome="completed")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    when.fail("ratelimit")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    fail("ratelimit")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    reply("Hi!", finish_reason="done")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    faults.ErrorBody("ratelimit")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    faults.ErrorEvent(kind="ratelimit")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    faults.TwoFinishes("done")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    electron.plan("standart")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    electron.pace("fast")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    electron.fail(503, body="page")  # type: ignore[call-overload]  # pyright: ignore[reportArgumentType, reportCallIssue]
    scripted.cut(after=1, inside="word")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    faults.Stall("2.5")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    MockElectron(sead=7)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    MockElectron(script=5)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]


def get_weather(city: str) -> str:
    return city


def wrong_functions(electron: Electron, when: When, exchanges: Exchanges) -> None:
    """Predicates and responders with a wrong signature."""
    electron.respond_with("Hi!")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    electron.respond_with(get_weather)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    electron.respond_with(number_of)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    electron.respond_with(text_without_request)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    when.respond_with(number_of)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    when.respond_with(lambda request: request.mesages)  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue]
    electron.when(text_without_request)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    electron.inject(faults.Reset(), when=number_of)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    exchanges.where("weather")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    exchanges.where(number_of)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]


def number_of(request: ChatRequest) -> int:
    return len(request.messages)


def text_without_request() -> str:
    return "Hi!"


def wrong_arguments(electron: Electron, when: When, exchanges: Exchanges) -> None:
    """Missing, unknown or positional arguments."""
    electron.fail()  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue]
    electron.fail(503, 2)  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue]
    electron.fail(503, every=4, headers={"x-a": "b"})  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue]
    electron.when(says="weather", tool="get_weather")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    electron.reply("Hi!", turn=2)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    electron.inject()  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    electron.drift()  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    electron.assert_retried()  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    electron.assert_peak_in_flight(3)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    electron.assert_cache_hit_rate()  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    electron.assert_cancelled(2)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    when.fail(503, every=4)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    when.respond_with()  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    exchanges.save()  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    faults.Stall()  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    faults.WrongLength()  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    Usage(20)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]


def missing_methods(electron: Electron, when: When, exchanges: Exchanges) -> None:
    """Methods that the returned object lacks, and optional values."""
    electron.fail(503, every=4).times(2)  # type: ignore[union-attr]  # pyright: ignore[reportOptionalMemberAccess]
    electron.inject(faults.Reset()).times(2)  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue]
    electron.reply("Hi!").reply("And again!")  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue]
    electron.reply("Hi!").when(says="weather")  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue]
    electron.when(says="weather").times(2)  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue]
    electron.when(says="weather").when(turn=2)  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue]
    electron.when(says="weather").cut(after=5)  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue]
    when.load("fixtures/weather.yaml")  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue]
    exchanges.last.where(turn=2)  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue]
    exchanges.texts.where(turn=2)  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue]
    exchanges.last.text.upper()  # type: ignore[union-attr]  # pyright: ignore[reportOptionalMemberAccess]
    exchanges.last.request.texts("user")  # type: ignore[union-attr]  # pyright: ignore[reportOptionalMemberAccess]
    exchanges.last.usage.total_tokens.bit_length()  # type: ignore[union-attr]  # pyright: ignore[reportOptionalMemberAccess]
    MockElectron().reply("Hi!")  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue]


def read_only(electron: Electron, exchange: Exchange, exchanges: Exchanges) -> None:
    """Frozen and read-only attributes."""
    exchange.status = 200  # type: ignore[misc]  # pyright: ignore[reportAttributeAccessIssue]
    exchange.text = "Hi!"  # type: ignore[misc]  # pyright: ignore[reportAttributeAccessIssue]
    exchange.headers["x-trace"] = "7"  # type: ignore[index]  # pyright: ignore[reportIndexIssue]
    exchanges[0] = exchange  # type: ignore[index]  # pyright: ignore[reportIndexIssue]
    exchanges.last = exchange  # type: ignore[misc]  # pyright: ignore[reportAttributeAccessIssue]
    exchanges.texts = []  # type: ignore[misc]  # pyright: ignore[reportAttributeAccessIssue]
    exchanges.append(exchange)  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue]
    electron.exchanges = exchanges  # type: ignore[misc]  # pyright: ignore[reportAttributeAccessIssue]
    electron.settings = Settings()  # type: ignore[misc]  # pyright: ignore[reportAttributeAccessIssue]
    electron.settings.seed = 7  # type: ignore[misc]  # pyright: ignore[reportAttributeAccessIssue]
    electron.clock = electron.clock  # type: ignore[misc]  # pyright: ignore[reportAttributeAccessIssue]


def only_in_a_with_block() -> None:
    """A `MockElectron` is an `Electron` only inside its block."""
    electron: Electron = MockElectron()  # type: ignore[assignment]  # pyright: ignore[reportAssignmentType]
    electron.reply("Hi!")
