"""The time of the slowest requests that are known, one line for each kind.

    python benchmarks/slow_inputs.py              # all kinds
    python benchmarks/slow_inputs.py schema text  # the kinds whose names contain a word

The lane is called directly, without a socket, on one core. Targets: a body of at most 64 KiB in
20 ms, and any other body in 100 ms, on a machine that runs 20 million rounds of a loop in LOOP
seconds. The loop is measured with each request, and the time of the request is scaled by it.
Figures are the best of ROUNDS, because the kernel may count processor time in steps of 4 ms.
`tests/test_budget.py` sends the same requests and counts their work instead of measuring it.

To add a kind, write a function that returns a body, and add it to KINDS.
"""

import json
import signal
from collections.abc import Callable, Mapping
from functools import partial
from time import perf_counter
from typing import Any, Final

from _options import parser

from mock_electron.engine.arrival import Arrival
from mock_electron.engine.lane import Lane
from mock_electron.engine.settings import Settings

Body = bytes
SMALL: Final = 64 * 1024
"""The largest body in bytes to which the lower target applies."""
TARGETS: Final = {True: 0.020, False: 0.100}
"""Seconds for a small body, and for any other."""
ROUNDS: Final = 5
LOOP: Final = 0.9
"""Seconds for 20 million rounds of a loop on the machine that the targets are meant for."""
LOOP_PART: Final = 50
"""The part of these rounds that is measured before and after each request, as a divisor."""
LARGEST: Final = 4 * 1024 * 1024
"""The largest body that a lane accepts by default, in bytes."""
LINES: Final = (
    "2 large pizzas at 12.50 for Anna", "a bottle of olive oil, price 7.99", "3 apples",
    "1 kg flour costs 2 dollars", "four boxes of green tea", "12 eggs for 4.20",
)  # fmt: skip


def _body(**fields: Any) -> bytes:
    return json.dumps({"model": "electron", **fields}, ensure_ascii=False).encode()


def _says(*texts: str, **fields: Any) -> bytes:
    return _body(messages=[{"role": "user", "content": text} for text in texts], **fields)


def _tool(parameters: object, name: str = "save_order") -> dict[str, Any]:
    function = {"name": name, "description": "Save an order", "parameters": parameters}
    return {"type": "function", "function": function}


def _calls(parameters: object, text: str = "Save the order", **fields: Any) -> bytes:
    return _says(text, tools=[_tool(parameters)], tool_choice="required", **fields)


def _formatted(schema: object, text: str = "Make one", **fields: Any) -> bytes:
    form = {"type": "json_schema", "json_schema": {"name": "one", "schema": schema}}
    return _says(text, response_format=form, **fields)


def _object(properties: Mapping[str, object], required: bool = True) -> dict[str, Any]:
    listed = list(properties) if required else []
    return {"type": "object", "properties": properties, "required": listed}


STRING: Final = {"type": "string"}
NESTED: Final[Any] = json.loads('{"allOf":[' * 100 + '{"type":"object"}' + "]}" * 100)
REPEATED: Final = "^((a{0,50}){0,50}){0,50}$"
ITEM: Final = _object(
    {
        "product": STRING,
        "quantity": {"type": "integer"},
        "price": {"type": "number"},
        "customer": STRING,
    }
)
ORDER: Final = _object({"items": {"type": "array", "items": ITEM}})


def _order(lines: int) -> bytes:
    listed = "\n".join(f"{LINES[n % len(LINES)]} ({n + 1})" for n in range(lines))
    return _calls(ORDER, f"Save this order:\n{listed}")


def _cities(count: int, properties: int) -> bytes:
    names = [f"{chr(65 + n % 26)}{'aeiou'[n % 5]}l{chr(97 + n % 25)}o" for n in range(count)]
    schema = _object({f"city_{n}": STRING for n in range(properties)})
    return _calls(schema, f"Save the order for {', '.join(names)}")


def _pairs(count: int, properties: int) -> bytes:
    return _calls(_object({f"p_{n}": STRING for n in range(properties)}), "a: b, " * count)


def _streets(count: int) -> bytes:
    text = "Save order: " + "12 Main Street North and 4 Elm Road East, " * 60
    return _calls(_object({f"street_{n}": STRING for n in range(count)}), text)


def _lists(item: object, **keywords: Any) -> dict[str, Any]:
    return {"type": "array", "items": item, **keywords}


def _earlier(text: str, count: int, properties: int) -> bytes:
    """Properties whose values are looked for in many earlier messages."""
    messages = [
        {"role": role, "content": content}
        for n in range(count)
        for role, content in (("user", f"{n} {text}"), ("assistant", "Yes"))
    ]
    messages.append({"role": "user", "content": "Save the order"})
    tool = _tool(_object({f"city_{n}": STRING for n in range(properties)}))
    return _body(messages=messages, tools=[tool], tool_choice="required")


def _repeated(item: object, **keywords: Any) -> bytes:
    """A list with 2,000 members."""
    return _calls(_object({"a": _lists(item, minItems=2000, **keywords)}))


def _chain(depth: int) -> dict[str, Any]:
    schema: dict[str, Any] = {"type": "string"}
    for _ in range(depth):
        schema = _object({"next": schema})
    return schema


def _choices(depth: int, width: int, keyword: str) -> dict[str, Any]:
    schema: dict[str, Any] = STRING
    for level in range(depth):
        schema = {keyword: [_object({f"k{level}_{n}": schema}) for n in range(width)]}
    return schema


def _references(count: int) -> dict[str, Any]:
    """A fan of references: each definition refers to the next one many times."""
    definitions: dict[str, Any] = {
        f"d{n}": _object({f"p{k}": {"$ref": f"#/$defs/d{n + 1}"} for k in range(10)})
        for n in range(count)
    }
    definitions[f"d{count}"] = STRING
    return {"$ref": "#/$defs/d0", "$defs": definitions}


def _pointers(count: int) -> dict[str, Any]:
    """References whose targets are long paths."""
    path = "#/" + "/".join(["properties"] * 1) + "/p0" + "/x" * 100
    properties: dict[str, Any] = {"p0": STRING}
    properties |= {f"p{n}": {"$ref": path} for n in range(1, count)}
    return _object(properties)


def _words(count: int, start: int = 0) -> str:
    letters = "bcdfghklmnprstvw"
    return " ".join(
        f"{letters[n % 16]}a{letters[n // 16 % 16]}e{letters[n // 256 % 16]}o"
        for n in range(start, start + count)
    )


def _many_tools(count: int, description: str, text: str) -> bytes:
    tools = [_tool(ITEM, f"tool_{n}") for n in range(count)]
    for n, tool in enumerate(tools):
        tool["function"]["description"] = f"{description} {n}"
    return _says(text, tools=tools)


def _history(count: int, text: str, **fields: Any) -> bytes:
    roles = ("user", "assistant")
    messages = [{"role": roles[n % 2], "content": f"{n}: {text}"} for n in range(count)]
    return _body(messages=[*messages, {"role": "user", "content": "And now?"}], **fields)


def _with_result(result: str, **fields: Any) -> bytes:
    call = {"id": "1", "type": "function", "function": {"name": "save_order", "arguments": "{}"}}
    messages = [
        {"role": "user", "content": "Save the order"},
        {"role": "assistant", "content": None, "tool_calls": [call]},
        {"role": "tool", "tool_call_id": "1", "content": result},
    ]
    return _body(messages=messages, tools=[_tool(ORDER)], **fields)


def _results_before(result: str, count: int, parameters: object) -> bytes:
    call = {"id": "1", "type": "function", "function": {"name": "find", "arguments": "{}"}}
    before: list[dict[str, Any]] = []
    for _ in range(count):
        before += [
            {"role": "user", "content": "Find them"},
            {"role": "assistant", "content": None, "tool_calls": [call]},
            {"role": "tool", "tool_call_id": "1", "content": result},
        ]
    last = {"role": "user", "content": "Save the order"}
    return _body(messages=[*before, last], tools=[_tool(parameters)], tool_choice="required")


def _filled(start: str, part: str, end: str, size: int = LARGEST) -> bytes:
    """A body of the largest size that repeats a part."""
    count = (size - len(start.encode()) - len(end.encode())) // len(part.encode())
    return f"{start}{(part * count).rstrip(',')}{end}".encode()


def _catalogue(count: int, text: str, **fields: Any) -> bytes:
    """Tools as those of a real program: each with nine properties, all of them described."""
    verbs = (
        "create update delete list get search cancel schedule assign send archive export".split()
    )
    things = (
        "invoice customer ticket appointment shipment order refund subscription contact".split()
    )
    tools = []
    for n in range(count):
        verb, thing = verbs[n % 12], things[(n // 12 + n) % 9]
        properties = {
            f"{thing}_id": {"type": "string", "description": f"The id of the {thing}, INV-2031."},
            "status": {"type": "string", "enum": ["open", "pending", "in_progress", "closed"]},
            "due_date": {"type": "string", "format": "date", "description": "When it is due."},
            "amount": {"type": "number", "minimum": 0, "description": "In the currency."},
            "currency": {"type": "string", "enum": ["USD", "EUR", "GBP", "INR"]},
            "notes": {"type": ["string", "null"], "description": "Free text that agents see."},
            "tags": _lists(STRING, maxItems=10),
            "notify": {"type": "boolean", "default": True},
            "address": _object({"street": STRING, "city": STRING, "country": STRING}),
        }
        parameters = _object(properties) | {"required": [f"{thing}_id", "amount"]}
        tool = _tool(parameters, f"{verb}_{thing}_{n}")
        use = f"Use this when the customer asks to {verb} their {thing}."
        tool["function"]["description"] = f"{verb.title()} a {thing} in the system. {use}"
        tools.append(tool)
    return _says(text, tools=tools, **fields)


def _described(count: int, words: int) -> bytes:
    """Tools with descriptions that have no word in common."""
    tools = [_tool(ITEM, f"t_{n}") for n in range(count)]
    for n, tool in enumerate(tools):
        tool["function"]["description"] = _words(words, words * n)
    return _says("Save it", tools=tools)


WISHES: Final = (
    "Please create an invoice for Anna Smith, 250 EUR due next Friday, and schedule an "
    "appointment in Berlin tomorrow at 10:30; cancel order INV-2031, refund $40.50 and send it "
    "to bob@example.com. "
)
HEAD: Final = '{"model":"electron","messages":[{"role":"user","content":"Hi"}],'
LONG: Final = '{"model":"electron","messages":[{"role":"user","content":"'

SPOKEN: Final = {
    "numbers in words": "two hundred and six times double five oh one ",
    "corrections": "on friday no wait saturday sorry i mean sunday ",
    "corrections of names": "from delhi to agra no wait pune to agra actually ",
    "spelled ids": "a as in apple b four two dash x nine ",
    "addresses in words": "john dot smith at my shop dot com slash help ",
    "times in words": "at quarter to six or half past nine in the evening ",
    "words that may be numbers": "the second one and a half of may ",
    "Hindi in Latin letters": "kal subah saadhe nau baje nahi parso do sau ",
}
"""Texts that take most work to hear, to be repeated."""
KINDS: Final[tuple[tuple[str, Callable[[], Body]], ...]] = (
    # speech
    *((f"{name}, spoken", partial(_calls, _object({"count": {"type": "integer"}}), text * 120))
        for name, text in SPOKEN.items()),
    ("40 spoken messages", lambda: _says(
        *["on friday no wait saturday at seven thirty pm " * 40] * 40,
        tools=[_tool(_object({"city": STRING}))])),
    # texts and properties
    ("order of 20 lines", lambda: _order(20)),
    ("order of 59 lines", lambda: _order(59)),
    ("order of 200 lines", lambda: _order(200)),
    ("200 cities, 60 properties", lambda: _cities(200, 60)),
    ("600 cities, 200 properties", lambda: _cities(600, 200)),
    ("330 pairs, 100 properties", lambda: _pairs(330, 100)),
    ("pairs, 1,000 properties", lambda: _pairs(600, 1000)),
    ("20 properties street_i", lambda: _streets(20)),
    ("100 properties street_i", lambda: _streets(100)),
    ("names of properties in the text", lambda: _calls(
        _object({f"name_{n}": STRING for n in range(100)}),
        "Save order " + " ".join(f"name {n} is Bo" for n in range(300)))),
    ("numbers, 100 properties", lambda: _calls(
        _object({f"count_{n}": {"type": "integer"} for n in range(100)}),
        "Save order " + " ".join(map(str, range(500))))),
    ("numbers near nouns", lambda: _calls(
        _object({f"apple_{n}": {"type": "integer"} for n in range(100)}),
        "Save order " + "3 apples and 4 good pears, " * 80)),
    ("quotations, 100 properties", lambda: _calls(
        _object({f"title_{n}": STRING for n in range(100)}), "Save order " + '"a b" ' * 330)),
    ("lists of lists of objects", lambda: _calls(
        _object({"a": {"type": "array", "items": _object(
            {"b": {"type": "array", "items": ITEM}, "c": ITEM})}}),
        "Save order: " + "2 apples, 3 pears; " * 100)),
    ("nested objects, 8 levels of 4", lambda: _calls(
        _object({f"a{i}": _object({f"b{j}": _object({f"c{k}": ITEM for k in range(4)})
                                   for j in range(4)}) for i in range(4)}),
        "Save order: " + "2 apples, 3 pears for Anna; " * 70)),
    ("booleans, 200 properties", lambda: _calls(
        _object({f"flag_word_{n}": {"type": "boolean"} for n in range(200)}),
        "Save order " + "flag wordy flags " * 110)),
    ("enums of 400, 12 properties", lambda: _calls(
        _object({f"e{n}": {"enum": _words(400, n).split()} for n in range(12)}),
        "Save order " + _words(280, 3000))),
    ("long enum", lambda: _calls(_object({"e": {"enum": _words(4096).split()}}), _words(280))),
    ("additional members from pairs", lambda: _calls(
        {"type": "object", "additionalProperties": STRING}, "a: b, " * 330)),
    ("lists of strings", lambda: _calls(
        _object({f"tags_{n}": {"type": "array", "items": STRING} for n in range(60)}),
        "Save order: " + ", ".join(_words(280).split()))),
    ("dates and times, 60 properties", lambda: _calls(
        _object({f"d_{n}": {"type": "string", "format": "date-time"} for n in range(60)}),
        "Save order " + "2025-01-02 at 10:30, tomorrow, " * 60)),
    ("currencies", lambda: _calls(
        _object({f"currency_{n}": STRING for n in range(60)}), "Save order " + "USD $ EUR " * 190)),
    ("text in Japanese", lambda: _calls(
        _object({f"city_{n}": STRING for n in range(60)}), "注文を保存して東京と大阪。" * 150)),
    ("text in Hindi", lambda: _calls(
        _object({f"city_{n}": STRING for n in range(60)}), "मुंबई में और दिल्ली में मौसम " * 70)),
    ("numbers, arrays without values", lambda: _calls(
        _object({f"time_{n}": _lists(_lists(STRING), minItems=400) for n in range(20)}),
        "Count " + "3 " * 1950)),
    ("numbers, unique arrays of booleans", lambda: _calls(
        _object({"time": _lists(_lists(_lists({"type": "boolean"}, uniqueItems=True), minItems=20,
                                       uniqueItems=True))}), "Count " + "3 " * 1950)),
    ("negations, arrays of booleans", lambda: _calls(
        _object({"flags": _lists({"type": "boolean"}, minItems=2000)}), "Save " + "word " * 390)),
    ("number words between figures", lambda: _earlier("two 2 " * 330, 40, 3)),
    ("lines of lists of lists", lambda: _calls(
        _object({"a": _lists(_lists(_lists({"anyOf": [ITEM, STRING]})))}),
        "Save a: " + "\n".join(f"{n}; में, और {n}" for n in range(170)))),
    ("properties in Hindi", lambda: _calls(
        _object({f"product_{n}": {"not": {"type": "string", "multipleOf": n + 1}}
                 for n in range(60)}), "में दिल्ली सुबह आटा வானிலை कल का மூன்று भाव " * 30)),
    ("parts in Japanese", lambda: _calls(
        _object({"people": _lists(_object({f"city_{n}": STRING for n in range(4)}))}),
        "注文、三つを。\n" * 60)),
    ("booleans in Tamil", lambda: _calls(
        _object({f"order_price_{n}": {"type": "boolean"} for n in range(60)}),
        "சென்னையில் வானிலை எப்படி உள்ளது நாளை " * 50)),
    ("earlier messages, 60 properties", lambda: _earlier("weather and more", 40, 60)),
    ("enums, earlier messages", lambda: _calls(
        _object({f"e{n}": _lists({"enum": [f"{w} of it" for w in _words(60, 60 * n).split()]})
                 for n in range(40)}), "Save the order; " * 120)),
    ("long names of nested objects", lambda: _calls(
        _object({f"order {_words(30)} {n}": _object({"city": STRING}) for n in range(60)}),
        "order " * 330)),
    ("one tool for each part", lambda: _many_tools(
        64, "Save an order of apples", "Save the order and " * 200)),
    ("many parts, 64 tools", lambda: _many_tools(64, "Get data", "tool 1 for Bob, " * 250)),
    ("names, 64 tools", lambda: _many_tools(
        64, "Get the weather", "weather tool_1 in " + " and in ".join(["Paris", "Rome"] * 100))),
    ("long descriptions, 64 tools", lambda: _many_tools(64, _words(140), _words(550))),
    ("one long description", lambda: _many_tools(1, _words(8000), _words(550))),
    # schemas
    ("2,000 strings of 100,000", lambda: _calls(
        _object({"a": {"type": "array", "minItems": 2000,
                       "items": {"type": "string", "minLength": 100000}}}))),
    ("the same in a format", lambda: _formatted(
        _object({"a": {"type": "array", "minItems": 2000,
                       "items": {"type": "string", "minLength": 100000}}}))),
    ("20 strings of 100,000", lambda: _calls(
        _object({f"a{n}": {"type": "string", "minLength": 100000} for n in range(20)}))),
    ("one string of 100,000", lambda: _calls(
        _object({"a": {"type": "string", "minLength": 100000}}))),
    ("one string of 10**9", lambda: _calls(
        _object({"a": {"type": "string", "minLength": 10**9}}))),
    ("allOf of enums", lambda: _calls(_object({f"p{n}": {"allOf": [
        {"enum": list(range(2500))}, {"enum": list(range(2499, -1, -1))}]} for n in range(2)}))),
    ("20 allOf of enums", lambda: _calls(_object({f"p{n}": {"allOf": [
        {"enum": [f"a{i}" for i in range(150)]}, {"enum": [f"a{i}" for i in range(150, 300)]}]}
        for n in range(20)}))),
    ("enums of objects", lambda: _calls(_object({"p": {"allOf": [
        {"enum": [{"a": i} for i in range(1500)]},
        {"enum": [{"a": -i} for i in range(1500)]}]}}))),
    ("unique items of 3,000", lambda: _calls(_object({"a": {
        "type": "array", "uniqueItems": True, "minItems": 2000,
        "items": {"enum": list(range(3000))}}}))),
    ("unique items of 3,000 alike", lambda: _calls(_object({"a": {
        "type": "array", "uniqueItems": True, "minItems": 2000,
        "items": {"enum": [0] * 3000}}}))),
    ("unique long default", lambda: _calls(_object({"a": {
        "type": "array", "uniqueItems": True, "default": list(range(10000))}}))),
    ("unique strings", lambda: _calls(_object({"a": {
        "type": "array", "uniqueItems": True, "minItems": 2000, "items": STRING}}))),
    ("2,000 objects", lambda: _calls(_object(
        {"a": {"type": "array", "minItems": 2000, "items": ITEM}}))),
    ("2,000 arrays of 2,000", lambda: _calls(_object(
        {"a": {"type": "array", "minItems": 2000, "items": {
            "type": "array", "minItems": 2000, "items": {"type": "integer"}}}}))),
    ("minItems 10**9", lambda: _calls(_object(
        {"a": {"type": "array", "minItems": 10**9, "items": {"type": "integer"}}}))),
    ("minProperties 10**9", lambda: _calls(_object(
        {"a": {"type": "object", "minProperties": 10**9}}))),
    ("minProperties 1e19", lambda: _calls({"minProperties": 1e19})),
    ("maxLength 10**9", lambda: _calls(_object({"a": {"type": "string", "maxLength": 10**9}}))),
    ("anyOf products", lambda: _calls(_object({"a": _choices(3, 5, "anyOf")}))),
    ("oneOf products", lambda: _calls(_object({"a": _choices(3, 5, "oneOf")}))),
    ("allOf products", lambda: _calls(_object({"a": _choices(3, 5, "allOf")}))),
    ("oneOf of 2,000 alike", lambda: _calls(_object(
        {"a": {"oneOf": [{"type": "string", "maxLength": n} for n in range(1500)]}}))),
    ("oneOf lists in allOf", lambda: _calls(_object({"a": {"allOf": [
        {"oneOf": [{"const": n * k} for n in range(100)]} for k in range(1, 20)]}}))),
    ("anyOf of objects, 200 properties", lambda: _calls(_object({f"p{n}": {"anyOf": [
        ITEM, _object({"x": STRING}), {"type": "null"}]} for n in range(150)}))),
    ("references in a fan", lambda: _calls(_references(12))),
    ("references to long paths", lambda: _calls(_pointers(100))),
    ("a reference to itself", lambda: _calls(
        _object({f"p{n}": {"$ref": "#"} for n in range(5)}))),
    ("allOf of itself", lambda: _calls(
        {"type": "object", "properties": {"a": {"allOf": [{"$ref": "#"}, {"$ref": "#"}]}},
         "required": ["a"]})),
    ("patternProperties", lambda: _calls({"type": "object", "patternProperties": {
        f"^{n}a": STRING for n in range(1200)}, "minProperties": 100})),
    ("dependentSchemas", lambda: _calls({**ITEM, "dependentSchemas": {
        f"d{n}": ITEM for n in range(200)}})),
    ("required of 3,000", lambda: _calls(
        {"type": "object", "required": [f"r{n}" for n in range(3000)]})),
    ("required in allOf", lambda: _calls({"type": "object", "allOf": [
        {"required": [f"r{k}_{n}" for n in range(600)]} for k in range(5)]})),
    ("properties in allOf", lambda: _calls({"type": "object", "allOf": [
        {"properties": {f"r{n}": {"minLength": k} for n in range(100)}} for k in range(20)],
        "required": [f"r{n}" for n in range(100)]})),
    ("types in allOf", lambda: _calls(_object({"a": {"allOf": [
        {"type": ["string", "integer"] * 1000} for _ in range(3)]}}))),
    ("closed objects in allOf", lambda: _calls({"type": "object", "allOf": [
        {"additionalProperties": STRING, "properties": {f"r{k}_{n}": STRING for n in range(60)}}
        for k in range(20)], "required": ["r0_0"]})),
    ("2,500 properties", lambda: _calls(_object({f"p{n}": {} for n in range(2500)}, False))),
    ("1,500 required strings", lambda: _calls(_object({f"p{n}": STRING for n in range(1200)}))),
    ("1,500 properties", lambda: _calls(_object({f"p{n}": STRING for n in range(1500)}))),
    ("2,000 optional, long text", lambda: _calls(
        _object({f"p{n}": STRING for n in range(2000)}, False), _words(280))),
    ("long names", lambda: _calls(_object({f"{_words(80, n)}": STRING for n in range(90)}))),
    ("one very long name", lambda: _calls(_object({_words(5000): STRING}), _words(280))),
    ("long descriptions", lambda: _calls(_object(
        {f"p{n}": {"type": "string", "description": _words(42)} for n in range(180)}))),
    ("120 levels", lambda: _calls(_chain(75))),
    ("120 levels of arrays", lambda: _calls(_object({"a": json.loads(
        '{"type":"array","minItems":2,"items":' * 100 + "{}" + "}" * 100)}))),
    ("a large const", lambda: _calls(_object({f"p{n}": {"const": list(range(400))}
                                              for n in range(20)}))),
    ("a large const of objects", lambda: _calls(_object(
        {"p": {"const": {f"k{n}": {"a": n} for n in range(1500)}}}))),
    ("a deep const in anyOf", lambda: _calls(_object(
        {"a": {"anyOf": [{"const": NESTED}, {"const": NESTED, "minLength": 1}]},
         "c": {"type": "array", "minItems": 5, "uniqueItems": True,
               "items": {"const": NESTED}}}))),
    ("large defaults", lambda: _calls(_object(
        {"p": {"type": "array", "default": [{"a": n} for n in range(2500)], "items": ITEM}}))),
    ("examples", lambda: _calls(_object(
        {f"p{n}": {"type": "string", "minLength": 9, "examples": ["a"] * 20}
         for n in range(150)}))),
    ("multipleOf tiny", lambda: _calls(_object(
        {f"p{n}": {"type": "number", "multipleOf": 1e-300, "minimum": -1e300, "maximum": 1e300}
         for n in range(200)}))),
    ("numbers of 6,000 digits", lambda: b'{"model":"electron","messages":[{"role":"user",'
     b'"content":"Save 0x' + b"9" * 3000 + b'"}],"tools":[{"type":"function","function":{"name":'
     b'"save_order","parameters":{"type":"object","properties":{"a":{"type":"number","minimum":'
     + b"9" * 300 + b'}},"required":["a"]}}}]}'),
    # long texts and many properties of schemas, repeated by minItems
    ("2,000 long constants", lambda: _repeated({"const": "a" * 50_000})),
    ("2,000 constants of 1,000 characters", lambda: _repeated({"const": "a" * 1_000})),
    ("2,000 long members of an enum", lambda: _repeated({"enum": ["\u65e5" * 16_000]})),
    ("JSON mode, 2,000 long constants", lambda: _formatted(
        _object({"a": _lists({"const": "a" * 50_000}, minItems=2000)}))),
    ("references to a long constant", lambda: _calls({
        **_object({f"a{n}": _lists({"$ref": "#/$defs/d"}, minItems=2000) for n in range(5)}),
        "$defs": {"d": {"const": "a" * 50_000}}})),
    ("unique long constants", lambda: _repeated({"const": "a" * 50_000}, uniqueItems=True)),
    ("long constants in many parts", lambda: _calls(
        _object({"a": _lists({"const": "a" * 50_000}, minItems=2000)}),
        "Save the order for Bob, and for Anna, and for Kim. " * 30)),
    ("2,000 objects of 300 optional properties", lambda: _repeated(
        _object({f"p{n}": STRING for n in range(300)}, False))),
    ("optional properties in JSON mode", lambda: _formatted(_object({"a": _lists(
        _object({f"p{n}": STRING for n in range(300)}, False), minItems=2000)}))),
    ("optional properties in allOf", lambda: _repeated({"allOf": [
        _object({f"{name}{n}": STRING for n in range(150)}, False) for name in "pq"]})),
    ("optional properties with alternatives", lambda: _repeated(_object(
        {f"p{n}": {"anyOf": [STRING] * 100} for n in range(30)}, False))),
    ("2,000 objects with a long name", lambda: _repeated(_object({"word " * 3_000: STRING}))),
    ("2,000 objects with a name of 20,000 letters", lambda: _repeated(
        _object({"a" * 20_000: {"const": 1}}))),
    ("2,000 items of 1,500 unknown keywords", lambda: _repeated(
        {"type": "string"} | {f"x{n}": 1 for n in range(1_500)})),
    ("unique numbers of 309 digits", lambda: _repeated(
        {"type": "integer", "minimum": 1e308}, uniqueItems=True)),
    ("lists in lists, 6 levels of 2,000", lambda: _repeated(
        json.loads('{"type":"array","minItems":2000,"items":' * 5 + '{"const":1}' + "}" * 5))),
    ("lists in many parts of a text", lambda: _calls(
        _object({f"a{n}": _lists({"type": "string", "minLength": 45}, minItems=5)
                 for n in range(20)}), "Save: " + "2 apples and 3 pears for Anna; " * 60)),
    ("digits in the text", lambda: _says("What is " + "9" * 1900 + " / 7?")),
    ("long arithmetic", lambda: _says("What is " + "99999999 * " * 340 + "7?")),
    ("long sum of fractions", lambda: _says("What is " + "1 / 97 + 3.3 / 89 + " * 180 + "7?")),
    ("enum members of 100 words", lambda: _calls(
        _object({"e": {"enum": ["e " * 99 + str(n) for n in range(110)]}}), "e " * 1990)),
    ("enum members of 25 words", lambda: _calls(
        _object({"e": {"enum": ["e " * 25 + str(n) for n in range(40)]}}), "e " * 2000)),
    ("enum members of 100 words in the text", lambda: _calls(
        _object({"e": {"enum": ["e " * 99 + str(n) for n in range(110)]}}),
        "e " * 800 + " ".join(map(str, range(110))))),
    ("enum members of 60 words", lambda: _calls(
        _object({"e": {"enum": ["no " * 60 + str(n) for n in range(40)]}}), "no " * 1300)),
    ("a sum of ones", lambda: _calls(_object(
        {f"n{n}": {"type": "integer"} for n in range(5)}), "What is 1" + "+1" * 1900 + "?")),
    ("fractions without blanks", lambda: _calls(_object(
        {"expression": STRING, "a": {"type": "integer"}, "n": {"type": "integer"}}),
        "1/2/25 " * 500)),
    # patterns
    ("patterns in anyOf", lambda: _calls(_object({"a": {
        "type": "string", "default": "a" * 300 + "!", "anyOf": [
            {"pattern": f"^((a{{0,{n}}}){{0,50}}){{0,50}}$"} for n in range(30, 230)]}}))),
    ("a pattern of 3,000 characters", lambda: _calls(
        {"type": "object", "required": ["a"], "properties": {"a": {"pattern": "[^a]{3000}"}}})),
    ("a pattern of nested repetitions", lambda: _calls(_object(
        {"a": {"type": "string", "pattern": REPEATED}}))),
    ("a pattern of 200 items", lambda: _calls(_object({"a": {
        "type": "array", "minItems": 200, "items": {
            "type": "string", "pattern": REPEATED, "default": "a" * 300 + "!"}}}))),
    ("JSON mode, patterns in anyOf", lambda: _says(
        json.dumps(_object({"a": {"type": "string", "default": "a" * 300 + "!", "anyOf": [
            {"pattern": f"^((a{{0,{n}}}){{0,50}}){{0,50}}$"} for n in range(30, 80)]}})),
        response_format={"type": "json_object"})),
    # JSON mode
    ("JSON mode, long prompt", lambda: _body(messages=[
        {"role": "system", "content": "Answer in JSON. " + _words(2500)},
        {"role": "user", "content": _words(550)}], response_format={"type": "json_object"})),
    ("JSON mode, braces", lambda: _says("{" * 4000, response_format={"type": "json_object"})),
    ("JSON mode, 20 open objects", lambda: _says(
        '{"a": 1, ' * 20 + "x" * 20000 + "}" * 20, response_format={"type": "json_object"})),
    ("JSON mode, many examples", lambda: _body(
        messages=[{"role": "user", "content": '{"a": ...,} ' * 20 + "{" + "'a': <x>, " * 1000 + "}"}
                  for _ in range(3)], response_format={"type": "json_object"})),
    ("JSON mode, 200 messages", lambda: _body(
        messages=[{"role": "user", "content": "{" + "'a': <x>, " * 12 + "}}"} for _ in range(200)],
        response_format={"type": "json_object"})),
    ("JSON mode, keys", lambda: _says(
        "keys " + ", ".join(_words(550).split()), response_format={"type": "json_object"})),
    ("JSON mode, one key again and again", lambda: _body(messages=[
        {"role": "system", "content": "keys " + "a and " * 3300},
        {"role": "user", "content": "Hi"}],
        response_format={"type": "json_object"})),
    ("JSON mode, templates", lambda: _body(messages=[
        {"role": "system", "content": ("{" + "a: [x | y], " * 80 + "}") * 20},
        {"role": "user", "content": "Hi"}], response_format={"type": "json_object"})),
    ("JSON mode, example", lambda: _says(
        json.dumps({f"k{n}": [{"a": "x"}] for n in range(180)}),
        response_format={"type": "json_object"})),
    # conversations
    ("200 messages", lambda: _history(199, _words(38))),
    ("200 messages, 20 tools", lambda: _history(199, _words(20), tools=[
        _tool(ITEM, f"tool_{n}") for n in range(20)], tool_choice="required")),
    ("200 short messages in Hindi", lambda: _history(199, "मौसम " * 25)),
    ("200 messages without letters", lambda: _history(199, "12.5 " * 50)),
    ("a long system prompt", lambda: _body(messages=[
        {"role": "system", "content": "Before you use a tool, look up something. " * 480},
        {"role": "user", "content": "Save the order"}], tools=[_tool(ORDER)])),
    ("a system prompt with one sentence", lambda: _body(messages=[
        {"role": "system", "content": "acknowledge tool " * 1200},
        {"role": "user", "content": "Save the order"}], tools=[_tool(ITEM)],
        tool_choice="required")),
    ("a system prompt of words for a filler", lambda: _body(messages=[
        {"role": "system", "content": "tell let know that say you tool " * 620},
        {"role": "user", "content": "Save the order"}], tools=[_tool(ORDER)])),
    ("a result with 3,000 entries", lambda: _with_result(json.dumps(list(range(3000))))),
    ("a result with 3,000 objects", lambda: _with_result(
        json.dumps([{"a": n} for n in range(3000)]))),
    ("a result as Python prints it", lambda: _with_result(repr([{1: "a", 2: "b"}] * 1200))),
    ("a long text as result", lambda: _with_result(_words(9000))),
    ("a deep result", lambda: _with_result("[" * 9000 + "]" * 9000)),
    ("a nested result", lambda: _with_result('{"a":' * 200 + "1" + "}" * 200)),
    ("40 results before", lambda: _results_before(
        json.dumps([{"a": n, "b": [n]} for n in range(24)]), 40,
        _object({f"missing_{n}": STRING for n in range(60)}))),
    ("earlier texts", lambda: _results_before(
        _words(200), 35, _object({f"missing_{n}": {"type": "integer"} for n in range(60)}))),
    ("earlier pairs", lambda: _results_before(
        "a: b, " * 120, 35, _object({f"missing_{n}": STRING for n in range(60)}))),
    ("many calls and results", lambda: _results_before("ok", 60, ITEM)),
    ("many calls in one message", lambda: _body(messages=[
        {"role": "user", "content": "Save the order"},
        {"role": "assistant", "content": None, "tool_calls": [
            {"id": f"{n}", "type": "function",
             "function": {"name": "save_order", "arguments": '{"a": [1, 2]}'}}
            for n in range(500)]},
        {"role": "tool", "tool_call_id": "1", "content": "ok"}], tools=[_tool(ITEM)])),
    # replies
    ("logprobs of a long reply", lambda: _says(
        "Repeat after me: " + "!a" * 1980, logprobs=True, top_logprobs=20)),
    ("logprobs of a constant", lambda: _formatted(
        _object({"a": {"const": "!a" * 28000}}), logprobs=True, top_logprobs=20)),
    ("usage in each chunk", lambda: _calls(
        _object({"a": {"type": "string", "minLength": 100000}}),
        stream=True, stream_options={"include_usage": True, "continuous_usage_stats": True})),
    ("integers in allOf", lambda: _calls({"allOf": [
        _object({f"p{k}_{n}": {"type": "integer"} for n in range(60)}) for k in range(20)]})),
    ("logprobs in a stream", lambda: _says(
        "Repeat after me: " + "!a" * 1980, logprobs=True, top_logprobs=20, stream=True)),
    ("a stream of one string of 100,000", lambda: _says(
        "Save the order", tools=[_tool(_object({"a": {"type": "string", "minLength": 100000}}))],
        tool_choice="required", stream=True)),
    ("stop strings", lambda: _says(
        "Repeat after me: " + "a" * 3900, stop=["a" * 10000 + "b"] * 4)),
    ("many stop strings", lambda: _says("Hi", stop=["a"] * 15000)),
    ("newer letters", lambda: _says("\U00011f04" * 16_000)),
    ("newer letters, JSON mode", lambda: _says(
        "\U00011f04" * 16_000, response_format={"type": "json_object"})),
    ("a named tool of 60 KB", lambda: _says("Hi", tools=[_tool(ITEM)], tool_choice={
        "type": "function", "function": {"name": "a, " * 20_000}})),
    ("logit_bias of 5,000", lambda: _says("Hi", logit_bias={str(n): 1 for n in range(5000)})),
    ("an unknown model of 60 KB", lambda: _body(model="x" * 60000, messages=[])),
    # large bodies
    ("4 MiB: tools of numbers", lambda: _filled(HEAD + '"tools":[', "1,", "]}")),
    ("4 MiB: messages of numbers", lambda: _filled('{"model":"electron","messages":[', "1,", "]}")),
    ("4 MiB: messages", lambda: _filled(
        '{"model":"electron","messages":[', '{"role":"user","content":""},', "]}")),
    ("4 MiB: messages of empty objects", lambda: _filled(
        '{"model":"electron","messages":[', "{},", "]}")),
    ("4 MiB: stop strings", lambda: _filled(HEAD + '"stop":[', '"",', "]}")),
    ("4 MiB: stop numbers", lambda: _filled(HEAD + '"stop":[', "1,", "]}")),
    ("4 MiB: content parts", lambda: _filled(
        '{"model":"electron","messages":[{"role":"user","content":[',
        '{"type":"text","text":""},', "]}]}")),
    ("4 MiB: content of numbers", lambda: _filled(
        '{"model":"electron","messages":[{"role":"user","content":[', "1,", "]}]}")),
    ("4 MiB: tool calls", lambda: _filled(
        '{"model":"electron","messages":[{"role":"assistant","tool_calls":[',
        '{"id":"","type":"function","function":{"name":"","arguments":""}},', "]}]}")),
    ("4 MiB: tool calls of numbers", lambda: _filled(
        '{"model":"electron","messages":[{"role":"assistant","tool_calls":[', "1,", "]}]}")),
    ("4 MiB: the type of a tool call", lambda: _filled(
        '{"model":"electron","messages":[{"role":"assistant","tool_calls":[{"id":"","type":[',
        "1,", ']}]}]}')),
    ("4 MiB: the type of a tool call, objects", lambda: _filled(
        '{"model":"electron","messages":[{"role":"assistant","tool_calls":[{"id":"","type":[',
        "{},", ']}]}]}')),
    ("500 KB: the type of a tool choice, objects", lambda: _filled(
        HEAD + '"tool_choice":{"type":[', "{},", "]}}", 500_000)),
    ("4 MiB: logit_bias", lambda: json.dumps({
        "model": "electron", "messages": [{"role": "user", "content": "Hi"}],
        "logit_bias": {f"{n}": 1 for n in range(320_000)}}).encode()),
    ("4 MiB: logit_bias of strings", lambda: json.dumps({
        "model": "electron", "messages": [{"role": "user", "content": "Hi"}],
        "logit_bias": {f"{n}": "" for n in range(300_000)}}).encode()),
    ("4 MiB: metadata", lambda: _filled(HEAD + '"metadata":[', '{"a":[]},', "]}")),
    ("4 MiB: metadata of empty objects", lambda: _filled(HEAD + '"metadata":[', "{},", "]}")),
    ("4 MiB: metadata of keys", lambda: json.dumps({
        "model": "electron", "messages": [{"role": "user", "content": "Hi"}],
        "metadata": {f"{n}": 1 for n in range(320_000)}}).encode()),
    ("4 MiB: 14,000 tool calls", lambda: _filled(
        '{"model":"electron","messages":[{"role":"assistant","tool_calls":[',
        '{"id":"' + "1" * 220 + '","type":"function","function":{"name":"","arguments":""}},',
        "]}]}")),
    ("4 MiB: 29,000 content parts", lambda: _filled(
        '{"model":"electron","messages":[{"role":"user","content":[',
        '{"type":"text","text":"' + "abcdefghijkl" * 10 + '"},', "]}]}")),
    ("4 MiB: metadata of 14,000 objects", lambda: _filled(
        HEAD + '"metadata":[', '{"' + "a" * 130 + '":["' + "b" * 150 + '"]},', "]}", 4_000_000)),
    ("4 MiB: metadata of strings", lambda: _filled(HEAD + '"metadata":[', '"a",', "]}")),
    ("4 MiB: metadata of brackets", lambda: _filled(HEAD + '"metadata":[', '"[{",', "]}")),
    ("4 MiB: a prompt of words", lambda: _filled(LONG, "hello ", '"}]}')),
    ("4 MiB: a prompt of signs", lambda: _filled(LONG, "!", '"}]}')),
    ("4 MiB: a prompt of emoji", lambda: _filled(LONG, "\U0001f600", '"}]}')),
    ("4 MiB: a tool", lambda: _filled(
        HEAD + '"tools":[{"type":"function","function":{"name":"f","parameters":{"a":[',
        "{},", "]}}}]}")),
    ("500 KB: a prompt of signs", lambda: _filled(LONG, "!", '"}]}', 500_000)),
    ("180 KB: a prompt that fits", lambda: _filled(LONG, "hello ", '"}]}', 180_000)),
    ("400 KB: a prompt of blanks", lambda: _filled(LONG, " ", '."}]}', 400_000)),
    ("1,000 properties of two types", lambda: _calls(_object(
        {f"property_{n}": {"type": ["string", "null"]} for n in range(1000)}))),
    # catalogues of tools
    ("a catalogue of 40 tools", lambda: _catalogue(40, WISHES)),
    ("a catalogue of 50 tools", lambda: _catalogue(50, WISHES * 4, tool_choice="required")),
    ("a catalogue of 30 tools, long text", lambda: _catalogue(30, WISHES * 12)),
    ("a catalogue of 40 tools, many ids", lambda: _catalogue(
        40, "cancel " + " and ".join(f"order_{n}" for n in range(300)))),
    ("40 tools of different words", lambda: _described(40, 220)),
    # constants, texts and numbers that take much work for each character
    ("a const of empty lists", lambda: _formatted(_object({"a": {"const": [[]] * 20_000}}))),
    ("prefixItems of 1,500", lambda: _calls(_object({"a": _lists(
        {}, prefixItems=[{"type": "string", "minLength": n % 9} for n in range(1500)],
        minItems=1500)}))),
    ("oneOf of 500 objects", lambda: _calls(_object({"a": {"oneOf": [
        _object({"kind": {"const": f"k{n}"}, "v": STRING}) for n in range(500)]}}), "kind k499")),
    ("numbers of enums in the text", lambda: _calls(
        _object({f"p{n}": {"enum": list(range(400))} for n in range(25)}),
        "Save " + " ".join(map(str, range(900))))),
    ("not of 30 constants", lambda: _calls(_object({f"p{n}": {
        "type": "string", "not": {"anyOf": [{"const": f"x{k}"} for k in range(30)]}}
        for n in range(60)}))),
    ("700 strings with formats", lambda: _calls(_object({f"p{n}": {
        "type": "string", "format": ("email", "uri", "uuid", "ipv4", "date-time", "date")[n % 6]}
        for n in range(700)}), "2025-01-02 a@b.co 10:30 " * 120)),
    ("lists of numbers in the text", lambda: _calls(
        _object({"a": _lists(_lists({"type": "integer"}))}),
        f"Save {json.dumps([[n, n + 1] for n in range(700)])}")),
    ("objects in the text", lambda: _calls(ORDER, "Save " + json.dumps({"items": [
        {"product": "x", "quantity": n, "price": 1.5, "customer": "A"} for n in range(90)]}))),
    ("a system prompt of rules for a tool", lambda: _body(messages=[
        {"role": "system", "content": "If the user asks, call the tool save_order first. " * 1200},
        {"role": "user", "content": "Save it"}], tools=[_tool(ORDER)])),
    ("a system prompt of 31,600 signs", lambda: _body(messages=[
        {"role": "system", "content": "!a" * 15_800},
        {"role": "user", "content": "Save the order"}], tools=[_tool(ORDER)])),
    ("a stream with logprobs and usage", lambda: _formatted(
        _object({"a": _lists(ITEM, minItems=120)}), stream=True, logprobs=True, top_logprobs=20,
        stream_options={"include_usage": True, "continuous_usage_stats": True})),
    ("a stream with logprobs, long stop strings", lambda: _formatted(
        _object({"a": {"const": "!a" * 28_000}}), stop=["z" * 14_000] * 4, stream=True,
        logprobs=True)),
    ("a Python result of 1,200 entries", lambda: _with_result(
        "{" + ", ".join(f"'k{n}': ({n}, None, [1, 'x'])" for n in range(1200)) + "}")),
    ("1 MiB: a catalogue of 900 tools", lambda: _catalogue(900, WISHES)),
    ("120 KB: a catalogue of 100 tools", lambda: _catalogue(100, WISHES * 10)),
    ("300 KB: blanks before a call", lambda: _body(messages=[
        {"role": "system", "content": " " * 300_000},
        {"role": "user", "content": "Save the order"}], tools=[_tool(ORDER)])),
    ("4 MiB: numbers and a lone surrogate", lambda: _filled(
        HEAD + '"metadata":[', "1,", '"\\ud800"]}')),
    ("4 MiB: pairs and a lone surrogate", lambda: _filled(
        LONG, "\\ud83d\\ude00", '\\ud800"}]}')),
    ("2 MiB: metadata of 99,000 keys", lambda: json.dumps({
        "model": "electron", "messages": [{"role": "user", "content": "Hi"}],
        "metadata": {f"key {n:07}": 1 for n in range(99_000)}}).encode()),
    ("4 MiB: commas in a string", lambda: _filled(HEAD + '"metadata":{"a":"', "1,", '"}}')),
    ("4 MiB: strings of brackets", lambda: _filled(HEAD + '"metadata":[', '",[{",', "]}")),
    ("4 MiB: 14,000 messages", lambda: _filled(
        '{"model":"electron","messages":[', '{"role":"user","content":"' + "a " * 130 + '"},',
        "]}")),
    ("60 results before", lambda: _results_before(
        json.dumps([{"a": n} for n in range(40)]), 60,
        _object({f"missing_{n}": STRING for n in range(60)}))),
)  # fmt: skip
"""Each kind of request, and a function that returns its body."""


PATIENCE: Final = 2.0
"""Seconds of processor time after which a request is stopped."""


class Stopped(BaseException):
    """The request has taken PATIENCE seconds."""


def arrival(body: Body) -> Arrival:
    """Return a request with this body."""
    return Arrival("POST", "/waves/v1/chat/completions", "Bearer sk_mock", "application/json", body)


def slowness() -> float:
    """Return the time of a loop, divided by that of the machine that the targets are meant for."""
    started = perf_counter()
    exec(PART_OF_LOOP, {})  # noqa: S102 (a constant)
    return (perf_counter() - started) * LOOP_PART / LOOP


PART_OF_LOOP: Final = compile(f"for _ in range({20_000_000 // LOOP_PART}): pass", "loop", "exec")
"""Compiled as a module, whose variables are global, as the loop of LOOP was measured."""


def seconds(body: Body) -> tuple[float, int]:
    """Return the scaled seconds of one request to a new lane, and the status.

    They are the best of ROUNDS, or PATIENCE if the request takes longer.
    """
    measured, status = [], 0
    for _ in range(ROUNDS):
        lane, before = Lane(Settings(accept_json_schema=True)), slowness()
        signal.setitimer(signal.ITIMER_VIRTUAL, PATIENCE)
        started = perf_counter()
        try:
            answer = lane.open(arrival(body))
            took = perf_counter() - started
            status = answer.status
            lane.close(answer, 1)
        except Stopped:
            return PATIENCE, status
        finally:
            signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        measured.append(2 * took / (before + slowness()))
    return min(measured), status


def stop(number: int, frame: object) -> None:
    """Stop a request that takes too long."""
    raise Stopped


def main(words: list[str]) -> None:
    """Print one row for each kind, with the status, the ones above their target marked."""
    signal.signal(signal.SIGVTALRM, stop)
    over = 0
    for name, build in KINDS:
        if words and not any(word in name for word in words):
            continue
        body = build()
        (took, status), target = seconds(body), TARGETS[len(body) <= SMALL]
        over += took > target
        mark = "  above the target" if took > target else ""
        size = f"{len(body):9,} bytes"
        print(f"{name:42} {size} {status} {took * 1000:9.1f} ms{mark}", flush=True)
    print(f"{over} above the target")


if __name__ == "__main__":
    options = parser(__doc__)
    options.add_argument("words", metavar="WORD", nargs="*", help="measure the kinds with a word")
    main(options.parse_args().words)
