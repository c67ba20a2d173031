"""The routes of the control API, as a table. Its OpenAPI document is made from it."""

from typing import Final

from mock_electron.control import (
    answers,
    audit,
    events,
    exchanges,
    faults,
    health,
    lane_routes,
    metrics,
    openapi,
    parameters,
    schemas,
    steps,
    turns,
    verify,
    what_if,
    world,
)
from mock_electron.control.audit_answers import AUDIT
from mock_electron.control.exchange_answers import DETAILS, EXCHANGES, HAR, ROWS, WHAT_IF
from mock_electron.control.route_row import RouteRow
from mock_electron.control.turn_answers import TURNS
from mock_electron.scripts.conditions import Schema

LANE: Final = "/lanes/{name}"
SETTINGS: Final = f"{LANE}/settings"
STEPS: Final = f"{LANE}/steps"
STEP: Final = f"{STEPS}/{{number}}"
FAULTS: Final = f"{LANE}/faults"
CLOCK: Final = f"{LANE}/clock"

NO_LANE: Final = (404, 410)

EXCHANGE_LIST: Final[Schema] = {"anyOf": [EXCHANGES, ROWS, HAR]}
TEXT: Final[Schema] = {"type": "string"}
EVENT_STREAM: Final = {"text/event-stream": answers.EVENT}

ROUTES: Final = (
    RouteRow("GET", "/health", health.health, answers.HEALTH),
    RouteRow("GET", "/ready", health.health, answers.HEALTH),
    RouteRow("GET", "/openapi.json", openapi.get_document, answers.DOCUMENT),
    RouteRow("GET", "/lanes", lane_routes.list_lanes, answers.LANES),
    RouteRow(
        "POST",
        "/lanes",
        lane_routes.open_lane,
        answers.OPENED_LANE,
        schemas.LANE,
        refusals=(409,),
        success=(201,),
    ),
    RouteRow("GET", LANE, lane_routes.get_lane, answers.LANE, refusals=NO_LANE),
    RouteRow(
        "PUT",
        LANE,
        lane_routes.put_lane,
        answers.OPENED_LANE,
        schemas.NAMED_LANE,
        refusals=(409,),
        success=(201, 200),
    ),
    RouteRow(
        "DELETE",
        LANE,
        lane_routes.close_lane,
        answers.VERDICT,
        query=(parameters.WAIT_FOR_END,),
        refusals=(*NO_LANE, 409),
    ),
    RouteRow(
        "GET",
        f"{LANE}/verdict",
        lane_routes.get_verdict,
        answers.VERDICT,
        query=(parameters.WAIT_FOR_END,),
        refusals=NO_LANE,
    ),
    RouteRow("GET", SETTINGS, world.get_settings, answers.SHOWN_SETTINGS, refusals=NO_LANE),
    RouteRow(
        "PATCH",
        SETTINGS,
        world.change_settings,
        answers.SHOWN_SETTINGS,
        schemas.SETTINGS_BODY,
        refusals=NO_LANE,
    ),
    RouteRow(
        "POST", f"{LANE}/reset", world.reset, answers.RESET_LANE, schemas.RESET, refusals=NO_LANE
    ),
    RouteRow("GET", STEPS, steps.list_steps, answers.STEPS, refusals=NO_LANE),
    RouteRow(
        "POST",
        STEPS,
        steps.add_steps,
        answers.CHANGED_STEPS,
        schemas.ANY_STEPS,
        refusals=(*NO_LANE, 409),
        success=(201,),
    ),
    RouteRow(
        "PUT",
        STEPS,
        steps.replace_steps,
        answers.CHANGED_STEPS,
        schemas.ANY_STEPS,
        refusals=NO_LANE,
    ),
    RouteRow("DELETE", STEPS, steps.remove_steps, answers.STEPS, refusals=NO_LANE),
    RouteRow("GET", STEP, steps.get_step, answers.SHOWN_STEP, refusals=NO_LANE),
    RouteRow("DELETE", STEP, steps.remove_step, answers.STEPS, refusals=NO_LANE),
    RouteRow("GET", FAULTS, faults.list_faults, answers.FAULTS, refusals=NO_LANE),
    RouteRow(
        "POST",
        FAULTS,
        faults.inject,
        answers.INJECTED,
        schemas.FAULT_BODY,
        refusals=(*NO_LANE, 409),
        success=(201,),
    ),
    RouteRow("DELETE", FAULTS, faults.clear_faults, answers.FAULTS, refusals=NO_LANE),
    RouteRow("DELETE", f"{FAULTS}/{{id}}", faults.remove_fault, answers.FAULTS, refusals=NO_LANE),
    RouteRow("GET", CLOCK, world.get_clock, answers.CLOCK, refusals=NO_LANE),
    RouteRow(
        "POST",
        f"{CLOCK}/advance",
        world.advance_clock,
        answers.CLOCK,
        schemas.ADVANCE,
        refusals=NO_LANE,
    ),
    RouteRow(
        "GET",
        f"{LANE}/exchanges",
        exchanges.list_exchanges,
        EXCHANGE_LIST,
        query=parameters.EXCHANGES,
        refusals=(*NO_LANE, 409, 503),
        formats={"application/jsonl": TEXT, "application/yaml": TEXT},
    ),
    RouteRow(
        "GET",
        f"{LANE}/exchanges/{{number}}",
        exchanges.get_exchange,
        DETAILS,
        refusals=NO_LANE,
    ),
    RouteRow(
        "GET",
        f"{LANE}/what-if",
        what_if.get_what_if,
        WHAT_IF,
        query=parameters.WHAT_IF,
        refusals=(*NO_LANE, 409, 503),
    ),
    RouteRow(
        "GET",
        f"{LANE}/audit",
        audit.get_audit,
        AUDIT,
        query=parameters.AUDIT,
        refusals=NO_LANE,
    ),
    RouteRow(
        "GET",
        f"{LANE}/turns",
        turns.get_turns,
        TURNS,
        query=parameters.TURNS,
        refusals=NO_LANE,
    ),
    RouteRow(
        "POST",
        f"{LANE}/verify",
        verify.verify,
        answers.VERIFIED,
        schemas.VERIFY,
        refusals=(*NO_LANE, 409, 503),
    ),
    RouteRow(
        "POST",
        f"{LANE}/barge-in",
        world.barge_in,
        answers.BARGE_IN,
        schemas.EMPTY,
        refusals=NO_LANE,
    ),
    RouteRow(
        "GET",
        f"{LANE}/events",
        events.follow_lane,
        query=parameters.LAST_EVENT,
        refusals=(*NO_LANE, 503),
        formats=EVENT_STREAM,
    ),
    RouteRow(
        "GET",
        "/events",
        events.follow_all,
        query=parameters.LAST_EVENT,
        refusals=(503,),
        formats=EVENT_STREAM,
    ),
    RouteRow("GET", "/metrics", metrics.get_metrics, refusals=(501,), formats={"text/plain": TEXT}),
    RouteRow(
        "POST",
        "/check",
        steps.check_script,
        answers.CHECKED_SCRIPT,
        schemas.ANY_STEPS,
    ),
)
"""The routes."""
