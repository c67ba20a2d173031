// Where the data comes from: the control API, or a document that is embedded in the page.

import { chosenIn, unknownIn } from "./file_filter.js";

const ROOT = "/_mock";

/** What the control API refuses, with its problems. */
export class Refused extends Error {
  constructor(status, message, problems = []) {
    super(message);
    this.status = status;
    this.problems = problems;
  }
}

async function ask(method, path, body, signal) {
  const options = { method, signal, headers: {}, cache: "no-store" }; // a browser keeps a 410 for ever
  if (method !== "GET") {
    options.headers["Content-Type"] = "application/json";
    options.body = body === undefined ? undefined : JSON.stringify(body);
  }
  let response;
  try {
    response = await fetch(ROOT + path, options);
  } catch {
    throw new Refused(0, "the server does not answer");
  }
  const answer = await response.json().catch(() => ({}));
  if (response.ok) return answer;
  const { message = `status ${response.status}`, problems = [] } = answer.error ?? {};
  throw new Refused(response.status, message, problems);
}

// A browser resolves "." and ".." in a path, also when they are encoded.
const laneAt = (lane) => `/lanes/${encodeURIComponent(lane.replace(/^\.+$/, "$& "))}`;
const EVERYTHING = { in_flight: "true", others: "true" };
/** The words of a filter: the parameters that say which exchanges. Others say how they are read. */
const WORDS = [
  "since", "last", "where", "says", "system", "anywhere", "turn", "user_turn", "attempt", "tools",
  "after_tool", "call_id", "tool_result", "stream", "api_key", "tool", "text", "status", "error",
  "outcome", "answered_by", "step", "too_early",
];

/** Return the parameters of a filter. A word that it does not have is a condition that the API refuses. */
function parametersOf(filter) {
  const found = {};
  const unknown = {};
  for (const [name, value] of Object.entries(filter)) {
    if (WORDS.includes(name)) found[name] = value;
    else found.where = JSON.stringify(Object.assign(unknown, { [name]: value }));
  }
  return found;
}

/** The control API of the server that the page is from. */
const live = {
  isLive: true,
  views: ["list", "timeline", "audit", "lane"],
  firstView: "list",
  lanes: async () => (await ask("GET", "/lanes")).lanes.map((lane) => lane.name),
  lane: (lane) => ask("GET", laneAt(lane)),
  rows: async (lane, filter, page) => {
    const query = new URLSearchParams({ ...parametersOf(filter), ...EVERYTHING, ...page, format: "rows" });
    return ask("GET", `${laneAt(lane)}/exchanges?${query}`);
  },
  exchange: (lane, number) => ask("GET", `${laneAt(lane)}/exchanges/${number}`),
  has: () => true,
  turns: (lane, from, to, signal) => ask("GET", `${laneAt(lane)}/turns?${new URLSearchParams({ from, to, wait: 0 })}`, undefined, signal),
  audit: (lane, signal) => ask("GET", `${laneAt(lane)}/audit?wait=0`, undefined, signal),
  change: (method, lane, path, body) => ask(method, `${laneAt(lane)}${path}`, body),
  download: (lane, format, filter) => {
    const query = new URLSearchParams({ ...parametersOf(filter), ...EVERYTHING, format });
    return `${ROOT}${laneAt(lane)}/exchanges?${query}`;
  },
  events: (lane) => new EventSource(`${ROOT}${laneAt(lane)}/events?latest=true`),
};

/** A document `{view, nothing, lanes: [{name, state, rows, exchanges, left_out, turns, audit}]}`. */
function embedded(document) {
  const named = (name) => document.lanes.find((lane) => lane.name === name) ?? document.lanes[0];
  const exchangeOf = (lane, number) => named(lane).exchanges.find((one) => one.number === number);
  return {
    isLive: false,
    views: live.views.filter((view) => view !== "audit" || document.lanes.some((lane) => lane.audit)),
    firstView: document.view,
    nothing: document.nothing,
    lanes: async () => document.lanes.map((lane) => lane.name),
    lane: async (lane) => named(lane).state,
    rows: async (lane, filter, { offset, limit }) => {
      const unknown = unknownIn(filter);
      if (unknown) throw new Refused(422, unknown);
      const found = chosenIn(named(lane), filter);
      const begin = offset ?? Math.max(found.length - limit, 0);
      const rows = found.slice(begin, begin + limit);
      return { rows, offset: begin, selected: found.length, recorded: named(lane).rows.length, dropped: 0, leftOut: named(lane).left_out };
    },
    exchange: async (lane, number) => {
      const found = exchangeOf(lane, number);
      if (!found) throw new Refused(404, `The file has no exchange #${number} of this lane.`);
      return found;
    },
    has: (lane, number) => exchangeOf(lane, number) !== undefined,
    turns: async (lane) => named(lane).turns,
    audit: async (lane) => ({ ...named(lane).audit, leftOut: named(lane).left_out }),
  };
}

const data = document.getElementById("data");

export const source = data ? embedded(JSON.parse(data.textContent)) : live;
