"""Tests of model/arguments: which arguments a message gives, and that they satisfy the schema."""

import json
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import date
from typing import Any, Final

from hypothesis import HealthCheck, given, settings
from jsonschema import Draft202012Validator
from rows import each_of
from schemas import ANY_JSON, CHECKED, MESSAGES, SATISFIABLE

from mock_electron.model.fill import Said, arguments, assignment, instance
from mock_electron.model.language import LANGUAGES

Schema = dict[str, Any]
PATIENT = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])

S: Final[Schema] = {"type": "string"}
INT: Final[Schema] = {"type": "integer"}
N: Final[Schema] = {"type": "number"}
B: Final[Schema] = {"type": "boolean"}
DATE: Final[Schema] = {"type": "string", "format": "date"}
MOMENT: Final[Schema] = {"type": "string", "format": "date-time"}


def needs(**properties: Any) -> Schema:
    """Return an object schema with all properties required."""
    return {"type": "object", "properties": properties, "required": list(properties)}


def may(required: list[str], **properties: Any) -> Schema:
    """Return an object schema with some properties required."""
    return {"type": "object", "properties": properties, "required": required}


def many(items: Any) -> Schema:
    return {"type": "array", "items": items}


def one_of(*values: Any) -> Schema:
    return {"enum": list(values)}


def described(words: str, schema: Schema) -> Schema:
    return {**schema, "description": words}


UNITS: Final = may(["location"], location=S, unit=one_of("celsius", "fahrenheit"))
PEOPLE: Final = needs(people=many(needs(name=S, age=INT)))
ORDER: Final = needs(customer=S, items=many(needs(product=S, quantity=INT)))
FLIGHT: Final = needs(origin=S, destination=S)

TABLE: Final[list[tuple[Schema, str, Any]]] = [
    # calls, pairs and quotations
    (needs(n=INT), "the value of f(3)", {"n": 3}),
    (needs(input=INT), "what is the value of magic_function(3)?", {"input": 3}),
    (needs(a=INT, b=S), 'f(a=3, b="x")', {"a": 3, "b": "x"}),
    (needs(a=INT, b=INT), "f(7, -2)", {"a": 7, "b": -2}),
    (needs(x=N, label=S), 'g(x=2.5, label="hi there")', {"x": 2.5, "label": "hi there"}),
    (needs(city=S, days=INT), "city: Oslo, days: 4", {"city": "Oslo", "days": 4}),
    (needs(city=S, days=INT), "days = 4; city = Oslo", {"city": "Oslo", "days": 4}),
    (needs(city=S, n=INT), 'Use {"city": "Oslo", "n": 4}', {"city": "Oslo", "n": 4}),
    (needs(customer_name=S), "name: Bob", {"customer_name": "Bob"}),
    (needs(orderId=S), "order id: A7", {"orderId": "A7"}),
    (needs(tags=many(S)), 'tags: ["a", "b"]', {"tags": ["a", "b"]}),
    (needs(query=S), 'Look up "blue moon" now', {"query": "blue moon"}),
    (needs(text=S), "Translate 'good morning'", {"text": "good morning"}),
    (needs(query=S), "Search for “blue moon”", {"query": "blue moon"}),
    # parts of addresses
    (needs(owner=S, repo=S), "the branches of nora/kite.js", {"owner": "nora", "repo": "kite.js"}),
    (needs(repo=S), "the branches of nora/kite", {"repo": "nora/kite"}),
    (needs(url=S), "open garden.example.org/roses please", {"url": "garden.example.org/roses"}),
    (needs(target=described("selector of an element", S)), "hover over #menu", {"target": "#menu"}),
    (needs(thread_ts=S), "reply in 1711111111.000300", {"thread_ts": "1711111111.000300"}),
    (needs(query=S), "Cherche « lune bleue »", {"query": "lune bleue"}),
    (needs(query=S), "「青い月」を検索", {"query": "青い月"}),
    (needs(company=S), "Look up the company “你好啊集团”", {"company": "你好啊集团"}),
    (needs(message=S), "Post 'hello world' to the channel", {"message": "hello world"}),
    # numbers
    (needs(a=N, b=N), "What is 12,450 times -3.5?", {"a": 12450, "b": -3.5}),
    (needs(a=INT, b=INT), "add three and twenty-five", {"a": 3, "b": 25}),
    (needs(n=INT), "two hundred and six of them", {"n": 206}),
    (needs(n=N), "3 million", {"n": 3_000_000}),
    (needs(nights=INT, guests=INT), "Book 3 nights for 2 guests", {"nights": 3, "guests": 2}),
    (needs(guests=INT, nights=INT), "Book 3 nights for 2 guests", {"guests": 2, "nights": 3}),
    (needs(city=S, days=INT), "5 day forecast for Tokyo", {"city": "Tokyo", "days": 5}),
    (needs(age=INT, height=INT), "age 30, height 180", {"age": 30, "height": 180}),
    (needs(height=INT, age=INT), "He is 30 years old and 180 cm", {"height": 180, "age": 30}),
    (needs(user_id=INT), "Get user 42", {"user_id": 42}),
    (needs(x=INT), "What is the magic function of 7?", {"x": 7}),
    (needs(nights=INT), "We stay for a night", {"nights": 1}),
    (needs(n=described("number of copies", INT), m=INT), "from page 9 make 2 copies", {"n": 2, "m": 9}),
    (needs(n={**INT, "maximum": 100}), "Give me 500 results", {"n": 100}),
    (needs(price=N, quantity=INT), "3 apples at $1.50", {"price": 1.5, "quantity": 3}),
    (needs(numbers=many(N)), "sum 3, 4.5 and -6", {"numbers": [3, 4.5, -6]}),
    (needs(temperature=N, unit=one_of("C", "F")), "Set it to 21.5 degrees Celsius", {"temperature": 21.5, "unit": "C"}),
    (needs(edge1=INT, edge2=INT, edge3=INT), "the three edges: 4, 5 and 6", {"edge1": 4, "edge2": 5, "edge3": 6}),
    (needs(country=S), "Egyptian history", {"country": "Egypt"}),
    (needs(place=S), "How long is the Sava river?", {"place": "Sava river"}),
    (needs(count=INT, width=N), "widths of 0.5 m for 3 doors", {"count": 3, "width": 0.5}),
    (needs(point=many(N)), "of two points, (4.5, 6)", {"point": [4.5, 6]}),
    (needs(l=N, w=N, h=N), "The box is 30 x 20 x 10 cm.", {"l": 30, "w": 20, "h": 10}),
    (needs(invoice=S), "Is invoice 2024-007 paid?", {"invoice": "2024-007"}),
    (needs(weight=S), "It has a weight of 3 kg", {"weight": "3 kg"}),
    (needs(from_unit=one_of("mi", "km"), to_unit=one_of("mi", "km")), "How many kilometers are 7 miles?", {"from_unit": "mi", "to_unit": "km"}),
    (may([], title=S, artist=S), "Play Purple Rain by Prince", {"title": "Purple Rain", "artist": "Prince"}),
    (needs(born=DATE, day=DATE), "Ann, born 3 May 1990, on 7 March", {"born": "1990-05-03", "day": "2025-03-07"}),
    (needs(language=one_of("pl", "pt")), "Translate it to Polish", {"language": "pl"}),
    (needs(angle1=INT, angle2=INT, angle3=INT), "The three angles are 60, 3 and 117", {"angle1": 60, "angle2": 3, "angle3": 117}),
    (needs(gallery=S, city=S), "When does the Uffizi Gallery in Florence open?", {"gallery": "Uffizi Gallery", "city": "Florence"}),
    (needs(maker=S, device=S), "the weight of the camera from Leica", {"maker": "Leica", "device": "camera"}),
    (needs(country=S), "Name a lake in the U.S.", {"country": "U.S."}),
    (needs(recipient=described("the e-mail address", S)), "Write to Ann Lee at ann@lee.org", {"recipient": "ann@lee.org"}),
    (needs(body=S), "Send the body 'It isn't Monday'", {"body": "It isn't Monday"}),
    # enums and booleans
    (UNITS, "weather in Paris in Fahrenheit", {"location": "Paris", "unit": "fahrenheit"}),
    (UNITS, "weather in Paris", {"location": "Paris"}),
    (needs(x=one_of("in_progress", "done")), "Set it to In Progress", {"x": "in_progress"}),
    (needs(x=one_of("low", "high")), "Do it with HIGH priority", {"x": "high"}),
    (needs(x=one_of("positive", "negative")), "I love it", {"x": "positive"}),
    (needs(x=one_of(1, 2, 3)), "take 2", {"x": 2}),
    (needs(device=S, state=one_of("on", "off")), "Turn on the kitchen light", {"device": "kitchen light", "state": "on"}),
    # people and things that are counted in words
    (needs(guests=INT), "a room for my husband and me", {"guests": 2}),
    (needs(guests=INT), "me and two mates", {"guests": 3}),
    (needs(adults=INT, children=INT), "just me and the kids", {"adults": 1, "children": 1}),
    (needs(adults=INT, children=INT), "three adults and a toddler", {"adults": 3, "children": 1}),
    (needs(seats=INT), "a couple of seats near the front", {"seats": 2}),
    (needs(suitcases=INT), "no suitcases", {"suitcases": 0}),
    (needs(pets=INT), "we are bringing a cat", {"pets": 1}),
    (needs(amount=INT), "put a tenner on my card", {"amount": 10}),
    # names behind a relation, and halves of names in lower case
    (needs(patient=S), "my mother rosalind has a rash", {"patient": "rosalind"}),
    (needs(payee=S), "pay my landlady ana souza", {"payee": "ana souza"}),
    (needs(pet_name=S), "our rabbit clover stopped eating", {"pet_name": "clover"}),
    (needs(first_name=S, last_name=S), "ingrid bergstrom", {"first_name": "ingrid", "last_name": "bergstrom"}),
    # members that are said in other words, in part, or as a value
    (needs(why=one_of("lost", "stolen", "other")), "somebody pinched my bag on the bus", {"why": "stolen"}),
    (needs(job=one_of("leak", "blocked_drain", "toilet")), "the sink is all clogged up", {"job": "blocked_drain"}),
    (needs(job=one_of("leak", "blocked_drain", "toilet")), "the cistern keeps running", {"job": "toilet"}),
    (needs(way=one_of("pickup", "delivery")), "we will swing by after work", {"way": "pickup"}),
    (needs(utility=one_of("electricity", "water")), "it is about my electric", {"utility": "electricity"}),
    (needs(sport=one_of("run", "swim", "row")), "I swam forty lengths", {"sport": "swim"}),
    (needs(fault=one_of("no_internet", "slow_speed")), "the internet is crawling", {"fault": "slow_speed"}),
    (needs(fault=one_of("no_internet", "slow_speed")), "the internet is down again", {"fault": "no_internet"}),
    (needs(play=one_of("The Winter Garden", "Macbeth", "Salt")), "two seats for winter garden", {"play": "The Winter Garden"}),
    (needs(show=one_of("Hansel and Gretel", "Aida")), "is hansel sold out", {"show": "Hansel and Gretel"}),
    (needs(slot=one_of("09:00", "12:00", "15:30")), "at noon please", {"slot": "12:00"}),
    (needs(slot=one_of("8-12", "12-16", "16-20")), "anything from four to eight?", {"slot": "16-20"}),
    (needs(minutes=one_of(30, 60, 90)), "a one hour session", {"minutes": 60}),
    (needs(months=one_of("1", "6", "12")), "a permit for the whole year", {"months": "12"}),
    (needs(gold=one_of("18K", "22K")), "how much is 22 carat", {"gold": "22K"}),
    (needs(currency=one_of("GBP", "EUR")), "Claim £12.50", {"currency": "GBP"}),
    (needs(amount_cents=INT, currency=one_of("USD", "EUR")), "Refund €20.50", {"amount_cents": 2050, "currency": "EUR"}),
    (needs(value=N, from_unit=one_of("kg", "lb"), to_unit=one_of("kg", "lb")), "how many pounds is 12.5 kg", {"value": 12.5, "from_unit": "kg", "to_unit": "lb"}),
    (needs(currency=S), "what is the rate for swedish krona", {"currency": "SEK"}),
    (needs(when=one_of("above", "below")), "tell me if it drops to 90", {"when": "below"}),
    (needs(domain=S), "move fernhill.io to the new server", {"domain": "fernhill.io"}),
    # codes of languages and countries
    (needs(target=described("ISO 639-1 code of the language", S)), "Say it in Welsh", {"target": "cy"}),
    (needs(origin_country=described("ISO 3166 alpha-2", S)), "a crate from Kenya", {"origin_country": "KE"}),
    (needs(lang=one_of("en", "fr", "pl")), "a guide who speaks polish", {"lang": "pl"}),
    (needs(tags=many(one_of("red", "green", "blue"))), "Paint it Red and Blue", {"tags": ["red", "blue"]}),
    (needs(on=B), "turn off the lights", {"on": False}),
    (needs(deliver=B, units=INT), "forty bales, brought out to the farm", {"deliver": True, "units": 40}),
    (needs(host=S, service=S), "restart nginx on web-2", {"host": "web-2", "service": "nginx"}),
    (needs(enabled=B), "don't enable it", {"enabled": False}),
    (needs(value=B), "Do it", {"value": True}),
    (may([], urgent=B), "This is urgent", {"urgent": True}),
    (may([], urgent=B), "This is not urgent", {"urgent": False}),
    (may([], urgent=B), "Send it", {}),
    (needs(urgent={**B, "default": False}), "Send it", {"urgent": False}),
    # days, times, addresses
    (needs(date=DATE), "on 2026-11-22", {"date": "2026-11-22"}),
    (needs(date=DATE), "on 22 November 2026", {"date": "2026-11-22"}),
    (needs(date=DATE), "on November 22, 2026", {"date": "2026-11-22"}),
    (needs(date=DATE), "on 22/11/2026", {"date": "2026-11-22"}),
    (needs(date=DATE), "on 11/22/2026", {"date": "2026-11-22"}),
    (needs(date=DATE), "on February 1", {"date": "2026-02-01"}),
    (needs(date=DATE), "tomorrow", {"date": "2025-02-20"}),
    (needs(date=DATE), "the day after tomorrow", {"date": "2025-02-21"}),
    (needs(date=DATE), "next Monday", {"date": "2025-02-24"}),
    (needs(date=DATE), "in three days", {"date": "2025-02-22"}),
    (needs(date=S), "for tomorrow", {"date": "2025-02-20"}),
    (needs(start=DATE, end=DATE), "from March 3 to March 7", {"start": "2025-03-03", "end": "2025-03-07"}),
    (needs(time=S), "at 5 pm", {"time": "17:00"}),
    (needs(time={**S, "format": "time"}), "at 17:30", {"time": "17:30:00"}),
    (needs(time=described("HH:MM", {**S, "format": "time"})), "at half past five pm", {"time": "17:30"}),
    (needs(time={**S, "format": "time", "pattern": "Z$"}), "at 17:30", {"time": "17:30:00Z"}),
    (needs(start=MOMENT), "tomorrow at 3pm", {"start": "2025-02-20T15:00:00Z"}),
    (needs(start=MOMENT), "at 2026-01-02T03:04:05Z", {"start": "2026-01-02T03:04:05Z"}),
    (needs(date=DATE), "is the 27th still free?", {"date": "2025-02-27"}),
    (needs(date=DATE, floor=INT), "the 3rd floor on the 5th", {"date": "2025-03-05", "floor": 3}),
    (needs(begin=DATE, end=DATE), "from 9 to 12 May 2025", {"begin": "2025-05-09", "end": "2025-05-12"}),
    (needs(first_day=DATE, last_day=DATE), "I am off 21 - 23 July.", {"first_day": "2025-07-21", "last_day": "2025-07-23"}),
    (needs(time=S), "See you at 9.45.", {"time": "09:45"}),
    (needs(departure=described("24-hour time", S)), "the 1740 to Leeds", {"departure": "17:40"}),
    (needs(mobile=S), "it is 98111 20457", {"mobile": "9811120457"}),
    (needs(account={**S, "pattern": r"^\d{9}$"}), "account 204 118 339", {"account": "204118339"}),
    (needs(email={**S, "format": "email"}), "mail bob@example.com.", {"email": "bob@example.com"}),
    (needs(emails=many({**S, "format": "email"})), "Invite a@b.co and c@d.org", {"emails": ["a@b.co", "c@d.org"]}),
    (needs(url=S), "Fetch https://example.org/a?b=1.", {"url": "https://example.org/a?b=1"}),
    (needs(phone=S), "Call +1 415-555-0100 now", {"phone": "+1 415-555-0100"}),
    (needs(order_id=S), "Where is my order 12345?", {"order_id": "12345"}),
    (needs(order_id=S), "Cancel order #ORD-99 please", {"order_id": "ORD-99"}),
    (needs(ticket=S, reason=S), "Close ticket T-5 because it is a duplicate", {"ticket": "T-5", "reason": "it is a duplicate"}),
    # names and places
    (needs(city=S), "What's the weather in Mumbai?", {"city": "Mumbai"}),
    (needs(location=S), "weather in San Francisco, CA today", {"location": "San Francisco, CA"}),
    (needs(location=S), "weather in Paris, France", {"location": "Paris, France"}),
    (needs(city=S, country=S), "weather in Lyon, France", {"city": "Lyon", "country": "France"}),
    (needs(location=S), "weather in paris", {"location": "paris"}),
    (FLIGHT, "from Berlin to New York", {"origin": "Berlin", "destination": "New York"}),
    (FLIGHT, "fly to Paris from Rome", {"origin": "Rome", "destination": "Paris"}),
    (needs(name=S), "Greet Bob", {"name": "Bob"}),
    (needs(first_name=S, last_name=S), "My name is Jane Roe", {"first_name": "Jane", "last_name": "Roe"}),
    (needs(company=S), "Look up 你好啊集团", {"company": "你好啊集团"}),
    (needs(bus=INT, taxi=INT), "2 taxis and 3 buses", {"bus": 3, "taxi": 2}),
    (needs(lenses=INT, child=INT), "2 children and 1 lens", {"lenses": 1, "child": 2}),
    (needs(cities=many(S)), "Compare Paris, London and Rome", {"cities": ["Paris", "London", "Rome"]}),
    (needs(amount=N, from_currency=S, to_currency=S), "convert 100 USD to EUR", {"amount": 100, "from_currency": "USD", "to_currency": "EUR"}),
    (needs(text=S, target_language=S), "Translate good morning to French", {"text": "good morning", "target_language": "French"}),
    (needs(expression=S), "what is 2+2*3?", {"expression": "2+2*3"}),
    (needs(title=S), "Schedule a meeting called Budget Review", {"title": "Budget Review"}),
    # free text
    (needs(query=S), "Search for the best pizza in Rome", {"query": "the best pizza in Rome"}),
    (needs(text=S), "remind me to call mom", {"text": "call mom"}),
    (needs(text=S, time=S), "remind me to call mom at 5 pm", {"text": "call mom", "time": "17:00"}),
    (needs(recipient=S, message=S), "send Anna the message see you soon", {"recipient": "Anna", "message": "see you soon"}),
    (needs(to=S, subject=S, body=S), "Email bob@x.org with subject Hello and body How are you", {"to": "bob@x.org", "subject": "Hello", "body": "How are you"}),
    (needs(contact=S, message=S), "Text mom that dinner is ready", {"contact": "mom", "message": "dinner is ready"}),
    (needs(password=S), "use the password hunter2 for it", {"password": "hunter2"}),
    (needs(question=S), "Ask the expert: how do magnets work?", {"question": "how do magnets work?"}),
    (needs(sql=S), "Run SELECT * FROM users", {"sql": "SELECT * FROM users"}),
    # lists and nested objects
    (needs(items=many(S)), "buy milk, eggs and bread", {"items": ["milk", "eggs", "bread"]}),
    (needs(items=many(S)), "Add milk, eggs and bread to my shopping list", {"items": ["milk", "eggs", "bread"]}),
    (PEOPLE, "Alice is 30, Bob is 25 and Carol, 41", {"people": [{"name": "Alice", "age": 30}, {"name": "Bob", "age": 25}, {"name": "Carol", "age": 41}]}),
    (PEOPLE, "There are two people: Tom (22) and Ann (31).", {"people": [{"name": "Tom", "age": 22}, {"name": "Ann", "age": 31}]}),
    (ORDER, "Order 2 pizzas and 1 coke for John", {"customer": "John", "items": [{"product": "pizzas", "quantity": 2}, {"product": "coke", "quantity": 1}]}),
    (needs(name=S, date=S, participants=many(S)), "Alice and Bob are going to a science fair on Friday.", {"name": "science fair", "date": "2025-02-21", "participants": ["Alice", "Bob"]}),
    (needs(name=S, address=needs(street=S, city=S)), "John Doe lives at 12 Main Street in Springfield", {"name": "John Doe", "address": {"street": "12 Main Street", "city": "Springfield"}}),
    (needs(name=S, age=INT, email=S), "My name is John Smith, I am 34 years old, email john@x.org", {"name": "John Smith", "age": 34, "email": "john@x.org"}),
    (needs(name=S, age=INT), "Extract jason is 25 years old", {"name": "jason", "age": 25}),
    (needs(prefs={"type": "object", "additionalProperties": INT}), "set apples: 3, pears: 4", {"prefs": {"apples": 3, "pears": 4}}),
    (needs(points=many(needs(x=N, y=N))), "Plot (1, 2), (3, 4)", {"points": [{"x": 1, "y": 2}, {"x": 3, "y": 4}]}),
    (needs(matrix=many(many(INT))), "Invert [[1, 2], [3, 4]]", {"matrix": [[1, 2], [3, 4]]}),
    (needs(items=many(needs(name=S, price=N))), "Coffee costs $3.50 and tea costs $2", {"items": [{"name": "Coffee", "price": 3.5}, {"name": "tea", "price": 2}]}),
    (needs(name=S, skills=many(S), years=INT), "Maria Lopez has 7 years of experience with Python, SQL and Docker", {"name": "Maria Lopez", "skills": ["Python", "SQL", "Docker"], "years": 7}),
    (needs(countries=many(needs(name=S, capital=S))), "France has Paris, Japan has Tokyo", {"countries": [{"name": "France", "capital": "Paris"}, {"name": "Japan", "capital": "Tokyo"}]}),
    # optional arguments that the message does not mention
    (may(["city"], city=S, days=INT, date=DATE, note=S), "The weather in Oslo", {"city": "Oslo"}),
    (may(["city"], city=S, days=INT), "The weather in Oslo for 3 days", {"city": "Oslo", "days": 3}),
    ({}, "anything", {}),
    ({"type": "object"}, "hey", {}),
]  # fmt: skip


@each_of(TABLE)
def test_what_a_message_says(schema: Schema, message: str, expected: Any) -> None:
    """Each message gives these arguments."""
    assert arguments(schema, Said(message)) == expected


SPOKEN: Final[list[tuple[Schema, str, Any]]] = [
    (needs(person=S), "could i come on monday", ("person",)),
    (needs(patient_name=S), "i need some more of my tablets", ("patient_name",)),
    (needs(name=S), "two of us can't have nuts", ("name",)),
    (needs(town=S), "i need to talk to someone", ("town",)),
    (needs(postcode=S), "then i'd like to report one", ("postcode",)),
    (needs(teacher=S), "a slot for the parents evening", ("teacher",)),
    (needs(teacher=S), "a slot with mister okafor", {"teacher": "okafor"}),
    (needs(patient=S), "it's for rekha joshi", {"patient": "rekha joshi"}),
    (needs(patient=S), "naam hai rekha joshi", {"patient": "rekha joshi"}),
    (needs(medicine=S), "have you got ibuprofen in at the moment", {"medicine": "ibuprofen"}),
    (needs(day={"enum": ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]}), "on saturday", {"day": "sat"}),
    (needs(month={"type": "string", "description": "YYYY-MM"}), "and december's too", {"month": "2024-12"}),
    (needs(address=S), "i'm at 41 mill road", {"address": "41 mill road"}),
    (needs(**{"class": {"type": "string", "description": "e.g. 3B"}}), "he's in 4C", {"class": "4C"}),
    (needs(arrival=DATE, nights=INT), "from 14 March for 3 nights", {"arrival": "2025-03-14", "nights": 3}),
    (needs(guests=INT), "table for 6 and 2 of us can't have nuts", {"guests": 6}),
    (needs(on=B), "bedroom ka pankha band karo", {"on": False}),
    (needs(plate=S), "The plate is LD19 XKC.", {"plate": "LD19 XKC"}),
    (needs(name=S, people=INT), "it's under marek for 3", {"name": "marek", "people": 3}),
    (needs(nationality=S), "my flatmate is ghanaian", {"nationality": "Ghana"}),
    (needs(country=S), "she's from sri lanka", {"country": "Sri Lanka"}),
    (needs(sizes=many(INT)), "sizes 6,8 and 11", {"sizes": [6, 8, 11]}),
    (needs(date=DATE), "tuesday 11 March if you can", {"date": "2025-03-11"}),
    (needs(from_currency=S, to_currency=S), "how many yen is 90 pounds", {"from_currency": "GBP", "to_currency": "JPY"}),
    (needs(date=DATE), "it was on 9 April last year", {"date": "2024-04-09"}),
    (needs(pickup=DATE, back=DATE), "on 3 June till the 10th", {"pickup": "2025-06-03", "back": "2025-06-10"}),
    (needs(pickup=S, dropoff=S), "from the art school to 12 abbey road", {"pickup": "art school", "dropoff": "12 abbey road"}),
    (needs(days=many(one_of("mon", "tue", "wed", "thu", "fri", "sat", "sun"))), "at the weekend", {"days": ["sat", "sun"]}),
    (needs(coach=one_of(1, 2)), "a second coach seat", {"coach": 2}),
    (needs(delivery=described("false for collection", B)), "i'll collect it", {"delivery": False}),
    (needs(ebike=B), "one that's not an e bike", {"ebike": False}),
    (needs(cake=one_of("lemon_tart", "tart")), "two lemon tarts", {"cake": "lemon_tart"}),
    (needs(speaker=S), "ines duarte calling", {"speaker": "ines duarte"}),
    (needs(message=S), "tell my neighbour that the parcel is here", {"message": "the parcel is here"}),
    (needs(text=S), "remind me every friday to water the plants", {"text": "water the plants"}),
    (needs(item=S, quantity=INT), "order 3 salmon rolls with extra ginger", {"item": "salmon rolls", "quantity": 3}),
    (may(["ticket"], ticket=S, passengers=INT), "we're 5 on ticket B77", {"ticket": "B77", "passengers": 5}),
    (needs(pupil=S), "it's for mina kaur's brother", {"pupil": "mina kaur"}),
    (needs(guests=INT), "a table for me and my sister", {"guests": 2}),
    (needs(guests=INT), "just me please", {"guests": 1}),
    (needs(surname=S), "what's professor ferrari's extension", {"surname": "ferrari"}),
    (needs(urgent=B), "there's no hurry", {"urgent": False}),
    (needs(remote=B), "by video, not in person", {"remote": True}),
    (needs(items=many(S)), "oh and we got eggs, flour and yeast", {"items": ["eggs", "flour", "yeast"]}),
    (needs(note=S), "tell him it's behind the shed", {"note": "it's behind the shed"}),
    (needs(guest_name=S, guests=INT), "howard ashdown myself and my wife so 2", {"guest_name": "howard ashdown", "guests": 2}),
    (needs(pupil=S, class_year=INT), "saoirse dunne year 4", {"pupil": "saoirse dunne", "class_year": 4}),
    (needs(patient=S), "lakshmi narayan iyer mobile number is the same", {"patient": "lakshmi narayan iyer"}),
    (needs(donor_name=S), "percy whitlock and yes i do pay tax", {"donor_name": "percy whitlock"}),
    (needs(caller=S), "ring me back it's gwendolyn price", {"caller": "gwendolyn price"}),
    (needs(pupil=S), "it's ollie barnes's mum", {"pupil": "ollie barnes"}),
    (needs(county=S), "a record from San Diego County", {"county": "San Diego County"}),
    (needs(rooms={"type": "integer", "maximum": 8}), "on the twenty eighth at nine am", ("rooms",)),
    (needs(rooms={"type": "integer", "maximum": 8}), "it has 20 rooms", {"rooms": 8}),
    (needs(colour=S, hood=B), "a beige one and no hood", {"colour": "beige", "hood": False}),
]  # fmt: skip


@each_of(SPOKEN)
def test_what_a_caller_says(schema: Schema, message: str, expected: Any) -> None:
    """A value needs a word that introduces it; one that was only left over is missing."""
    found = assignment(schema, Said(message))
    assert found.missing == expected if isinstance(expected, tuple) else found.arguments == expected


LANGUAGE_TABLE: Final[list[tuple[str, Schema, str, Any]]] = [
    ("hi", needs(city=S), "मुंबई में मौसम कैसा है?", {"city": "मुंबई"}),
    ("hi", needs(city=S, date=S), "नई दिल्ली में कल मौसम कैसा होगा?", {"city": "नई दिल्ली", "date": "2025-02-20"}),
    ("ta", needs(city=S), "சென்னையில் வானிலை எப்படி?", {"city": "சென்னை"}),
    ("es", needs(city=S, date=S), "¿Qué tiempo hace en Madrid mañana?", {"city": "Madrid", "date": "2025-02-20"}),
    ("fr", needs(city=S, rooms=INT, nights=INT), "Réserve trois chambres à Lyon pour deux nuits", {"city": "Lyon", "rooms": 3, "nights": 2}),
    ("de", needs(city=S), "Wie ist das Wetter in München?", {"city": "München"}),
    ("zh", needs(city=S), "北京今天天气怎么样？", {"city": "北京"}),
    ("ja", needs(city=S), "東京の天気は？", {"city": "東京"}),
]  # fmt: skip


@each_of(LANGUAGE_TABLE)
def test_what_a_message_says_in_other_languages(
    code: str, schema: Schema, message: str, expected: Any
) -> None:
    """Arguments are found by the particles, numbers and days of the language."""
    assert arguments(schema, Said(message, language=LANGUAGES[code])) == expected


EARLIER: Final[list[tuple[Schema, str, tuple[str, ...], Any]]] = [
    (needs(order_id=S), "Refund it", ('{"order_id": "A-17"}',), {"order_id": "A-17"}),
    (needs(order_id=S), "Refund it", ('{"orders": [{"id": "A-17"}]}',), {"order_id": "A-17"}),
    (needs(order_id=S), "Cancel that order", ('{"id": "B"}', '{"id": "A"}'), {"order_id": "B"}),
    (needs(order_id=S), "Refund it please", ("I have a problem with order B-99",), {"order_id": "B-99"}),
    (needs(order_id=S), "Refund order C-1", ('{"order_id": "A-17"}',), {"order_id": "C-1"}),
    (needs(city=S), "And there?", ("What's the weather in Oslo?",), {"city": "Oslo"}),
    (needs(location=S), "What's the weather?", ('{"user": {"location": "Rome"}}',), {"location": "Rome"}),
    (needs(name=S), "What is my name?", ("Hi, my name is Priya",), {"name": "Priya"}),
    (may([], order_id=S), "Refund it", ('{"order_id": "A-17"}',), {}),
]  # fmt: skip


@each_of(EARLIER)
def test_what_was_said_earlier(
    schema: Schema, message: str, earlier: tuple[str, ...], expected: Any
) -> None:
    """Earlier messages provide required values that the last message lacks, newest first."""
    assert arguments(schema, Said(message, earlier)) == expected


def test_tomorrow_counts_from_the_lanes_day() -> None:
    """Relative days count from the lane's day, not from the wall clock."""
    said = Said("tomorrow", today=date(2031, 12, 31))
    assert arguments(needs(date=DATE), said) == {"date": "2032-01-01"}


def test_what_pydantic_writes() -> None:
    """Optional fields as pydantic writes them are left out, or null if they are required."""
    address = {**needs(street=S, city=S), "title": "Address"}
    nullable = {"anyOf": [{"$ref": "#/$defs/Address"}, {"type": "null"}], "default": None}
    email = {"anyOf": [S, {"type": "null"}], "default": None, "title": "Email"}
    schema = {**may(["name"], name=S, email=email, address=nullable), "$defs": {"Address": address}}
    assert arguments(schema, Said("John Doe")) == {"name": "John Doe"}
    strict = {**schema, "required": ["name", "email", "address"]}
    assert arguments(strict, Said("John Doe")) == {
        "name": "John Doe",
        "email": None,
        "address": None,
    }
    said = Said("John Doe of 12 Main Street in Springfield, john@x.org")
    assert arguments(schema, said) == {
        "name": "John Doe",
        "email": "john@x.org",
        "address": {"street": "12 Main Street", "city": "Springfield"},
    }


def test_a_union_is_chosen_by_what_is_said() -> None:
    """The branch of a union whose constant the message names is used."""
    cat = needs(kind={"const": "cat"}, lives=INT)
    dog = needs(kind={"const": "dog"}, breed=S)
    schema = needs(pet={"oneOf": [cat, dog]})
    assert arguments(schema, Said("My dog is a beagle"))["pet"] == {
        "kind": "dog",
        "breed": "beagle",
    }
    assert arguments(schema, Said("My cat has 9 lives"))["pet"] == {"kind": "cat", "lives": 9}


def test_a_list_has_the_requested_number_of_members() -> None:
    """A generated list has the requested number of members, all different."""
    made = arguments(needs(capitals=many(S)), Said("List three European capitals"))["capitals"]
    assert len(set(made)) == 3
    assert "European" not in made


def test_what_is_made_up_is_about_the_subject() -> None:
    """Generated strings mention the subject of the message and not the words of the schema."""
    joke = arguments(needs(setup=S, punchline=S), Said("Tell me a joke about cats"))
    assert "cats" in joke["setup"]
    assert joke["setup"] != joke["punchline"]
    maths = needs(steps=many(needs(explanation=S, output=S)), final_answer=S)
    solved = arguments(maths, Said("How can I solve 8x + 7 = -23?"))
    assert "8x + 7 = -23" in solved["steps"][0]["explanation"]
    assert solved["final_answer"]


@settings(PATIENT, max_examples=30)
@given(SATISFIABLE, MESSAGES)
def test_instances_satisfy_their_schema(schema: Schema, message: str) -> None:
    """Every instance is valid against its schema and can be written as JSON."""
    made = instance(schema, Said(message))
    Draft202012Validator(schema, format_checker=CHECKED).validate(made)
    json.dumps(made, allow_nan=False)


@PATIENT
@given(ANY_JSON, MESSAGES)
def test_nothing_raises(schema: Any, message: str) -> None:
    """A malformed schema raises nothing, and the arguments are always an object."""
    instance(schema, Said(message, (message, "{}")))
    assert isinstance(arguments(schema, Said(message)), dict)


def _chain(link: Any, length: int) -> Schema:
    definitions = {f"d{n}": link({"$ref": f"#/$defs/d{n + 1}"}) for n in range(length)}
    return {**needs(a={"$ref": "#/$defs/d0"}), "$defs": {**definitions, f"d{length}": S}}


HOSTILE: Final[dict[str, Schema]] = {
    "thirty thousand properties": needs(**{f"property{n}": S for n in range(30_000)}),
    "a member that is its own list of members": {**needs(a={"$ref": "#"}, b={"$ref": "#"})},
    "references that loop": {**needs(a={"$ref": "#/$defs/a"}), "$defs": {"a": {"$ref": "#/$defs/a"}}},
    "allOf that doubles": _chain(lambda next_one: {"allOf": [next_one, next_one]}, 40),
    "anyOf that trebles": _chain(lambda next_one: {"anyOf": [next_one] * 3}, 40),
    "objects that treble": _chain(lambda next_one: needs(a=next_one, b=next_one, c=next_one), 40),
    "a list of a billion": needs(a={**many(S), "minItems": 10**9}),
    "distinct truths": needs(a={**many(B), "minItems": 2_000, "uniqueItems": True}),
    "a string of a billion": needs(a={**S, "minLength": 10**9}),
    "a pattern that backtracks": needs(a={**S, "pattern": "^(a+)+$", "minLength": 30}),
    "a pattern of cubic time": needs(a={**S, "pattern": "a*a*a*b"}),
    "an enum of 60,000": needs(a={"enum": [f"member {n}" for n in range(60_000)]}),
}  # fmt: skip


@each_of((schema,) for schema in HOSTILE.values())
def test_no_schema_takes_long(schema: Schema) -> None:
    """A hostile schema, which would take minutes without a bound on the work, takes under 20 s."""
    started = time.process_time()
    assert isinstance(arguments(schema, Said("a" * 3_000 + " 3 times in Paris tomorrow")), dict)
    assert time.process_time() - started < 20


def test_the_same_in_every_process() -> None:
    """The result does not depend on the hash seed."""
    program = (
        "from mock_electron.model.fill import Said, instance; import json; "
        "s = {'type': 'object', 'properties': {n: {'type': 'string'} for n in 'abcdefgh'}, "
        "'required': list('hgfedcba'), 'additionalProperties': {'type': 'integer'}}; "
        "print(json.dumps(instance(s, Said('Send Anna and Bob to Rome on 3 May, x: 4, \"hi\"'))))"
    )
    outputs = {
        subprocess.run(
            [sys.executable, "-c", program], capture_output=True, check=True, env={"PYTHONHASHSEED": seed, "PYTHONPATH": ":".join(sys.path)}
        ).stdout
        for seed in ("0", "1")
    }  # fmt: skip
    assert len(outputs) == 1


LEAF: dict[str, Any] = {
    "type": "object",
    "properties": {"a": {"type": "string", "minLength": 3}, "n": {"type": "integer", "minimum": 5}},
    "required": ["a", "n"],
}
NESTINGS: dict[str, Callable[[Any], Any]] = {
    "allOf": lambda inner: {"allOf": [inner]},
    "anyOf": lambda inner: {"anyOf": [inner]},
    "oneOf": lambda inner: {"description": "x", "oneOf": [inner]},
    "typed allOf": lambda inner: {"type": "object", "allOf": [inner, {"required": ["a"]}]},
    "object": lambda inner: {"type": "object", "properties": {"p": inner}, "required": ["p"]},
    "array": lambda inner: {"type": "array", "items": inner, "minItems": 1},
}


def test_a_deeply_nested_schema_gets_valid_arguments_or_none() -> None:
    """`{}` instead of arguments that end where the levels are no longer followed."""
    wrong = {}
    for name, nest in NESTINGS.items():
        for levels in (5, 39, 40, 41, 45, 60, 90):
            schema = LEAF
            for _ in range(levels):
                schema = nest(schema)
            parameters = needs(v=schema)
            made = arguments(parameters, Said("do f now"))
            may_be_empty = name in ("object", "array") and levels > 50
            is_valid = Draft202012Validator(parameters).is_valid(made)
            if not is_valid and (made != {} or not may_be_empty):
                wrong[name, levels] = str(made)[:80]
    assert wrong == {}


def test_every_argument_has_the_words_that_it_came_from() -> None:
    """`assignment` tells for each value where it was said, and which required ones nobody said."""
    schema = may(["city", "people", "guests"], city=S, people=INT, guests=many(S), room=S)
    text = "A table in Paris for 3 people"
    found = assignment(schema, Said(text))
    assert found.arguments == arguments(schema, Said(text))
    assert {name: given.words for name, given in found.given.items()} == {
        "city": "Paris",
        "people": "3",
    }
    city = found.given["city"]
    assert (city.value, text[city.start : city.end], city.earlier) == ("Paris", "Paris", False)
    assert found.missing == ("guests",)
    recalled = assignment(needs(city=S), Said("And now?", ("The weather in Rome",))).given["city"]
    assert (recalled.value, recalled.words, recalled.earlier) == ("Rome", "Rome", True)


INVENTED: Final[list[tuple[Schema, Any]]] = [
    (needs(city=S), {"city": "unknown city"}),
    (needs(customerName=S), {"customerName": "unknown customer name"}),
    (needs(order_id={**S, "pattern": "^[A-Z]{2}$"}), {"order_id": "AA"}),
    (needs(time={**S, "format": "time"}), {"time": "00:00:00Z"}),
    (needs(unit=one_of("celsius", "fahrenheit")), {"unit": "celsius"}),
    (needs(email=S), {"email": "name@example.com"}),
]


@each_of(INVENTED)
def test_an_invented_value_is_recognisable(schema: Schema, expected: Any) -> None:
    """Nobody takes an argument that was not said for one that was."""
    found = assignment(schema, Said("Do it"))
    assert found.arguments == expected
    assert found.missing == tuple(expected)


DESCRIBED: Final[list[tuple[Schema, str, Any]]] = [
    # the best assignment over the whole call
    (needs(initial_investment=N, final_value=N, years=INT), "an initial investment of $2000, final value of $3000 in a period of 4 years", {"initial_investment": 2000, "final_value": 3000, "years": 4}),
    (needs(acceleration=N, speed=N), "a speed of 10 m/s and an acceleration of 2 m/s^2", {"acceleration": 2, "speed": 10}),
    (needs(base=N, height=N), "with base and height as 6cm and 10cm", {"base": 6, "height": 10}),
    (needs(host=S, user=S), "the user 'admin' at the host 'db1'", {"host": "db1", "user": "admin"}),
    (needs(username=S, database=S), "connecting to the 'main' database, with 'root' as username", {"username": "root", "database": "main"}),
    (needs(order=needs(item=S, city=S), note=S), "order the item tea for the city Oslo with the note call before noon", {"order": {"item": "tea", "city": "Oslo"}, "note": "call before noon"}),
    # the shortest phrase
    (needs(function=S), "the derivative of the function 3x^2 + 2x - 1", {"function": "3x^2 + 2x - 1"}),
    (needs(namespace=S), "list my pods in the namespace cascade-sandbox", {"namespace": "cascade-sandbox"}),
    (needs(field_of_law=S), "the top 10 landmark cases in constitutional law", {"field_of_law": "constitutional"}),
    # what the description says
    (needs(rate=described("the annual rate as a decimal", N)), "a rate of 7%", {"rate": 0.07}),
    (needs(rate=described("the rate in percent", N)), "a rate of 7%", {"rate": 7}),
    (needs(amount=described("the amount in cents", INT)), "charge 35 euros", {"amount": 3500}),
    (needs(duration=described("how long, in minutes", INT)), "for 2 hours", {"duration": 120}),
    (needs(day=described("MM/DD/YYYY", S)), "on 22 November 2026", {"day": "11/22/2026"}),
    (needs(city=described("City, State", S)), "the weather in Boston", {"city": "Boston, MA"}),
    (needs(city=described("The city, e.g. San Francisco, CA", S)), "the weather in Boston", {"city": "Boston"}),
    (needs(city=described("The city, e.g. San Francisco, CA", S)), "the weather in San Francisco, CA", {"city": "San Francisco, CA"}),
    (needs(city=described("City, State", S)), "the weather in Boston, MA", {"city": "Boston, MA"}),
    (needs(restaurant=S, guests=INT), "reserve a table: restaurant: Chez Marie, guests: 3", {"restaurant": "Chez Marie", "guests": 3}),
    (may([], method=described("'trapezoid' or 'simpson'", S)), "using the simpson method", {"method": "simpson"}),
    (needs(code=described("in uppercase letters", S)), "the code is abc", {"code": "ABC"}),
    # members by their parts, and lists
    (needs(item=one_of("shake_mango", "shake_banana"), size=one_of("S", "M", "L")), "a large mango shake", {"item": "shake_mango", "size": "L"}),
    (needs(pages=many(INT)), "print the pages 102 and 103", {"pages": [102, 103]}),
    (needs(group1=many(N), group2=many(N)), "group1 [3, 4] and group2 [7, 8]", {"group1": [3, 4], "group2": [7, 8]}),
]  # fmt: skip


@each_of(DESCRIBED)
def test_each_value_goes_to_the_parameter_that_it_fits_best(
    schema: Schema, message: str, expected: Any
) -> None:
    """Names, units, descriptions and order decide together, over the whole call."""
    assert arguments(schema, Said(message)) == expected


def test_a_quotation_without_words_is_read() -> None:
    """Whatever is in quotation marks has a direction, also at the end of the text."""
    parameters = {"properties": {"from": {"type": "string"}, "to": {"type": "string"}}}
    for text in ('price of Apple on NYSE, " "', 'fly from "!" to "?"', '"', 'and "bc" "\t"'):
        assert isinstance(arguments(parameters, Said(text)), dict)
