// A request and its reply as a conversation. What was cached is shaded, and the first character that
// was not found in the cache is marked.

import { element, said } from "./dom.js";
import { counted, indexOf } from "./words.js";

const LONG = 1500;

/** Return the text of a content, which may be a list of parts. */
export function textOf(content) {
  if (content === null || content === undefined) return "";
  if (typeof content === "string") return content;
  if (!Array.isArray(content)) return JSON.stringify(content);
  return content.map((part) => (typeof part?.text === "string" ? part.text : JSON.stringify(part))).join("\n");
}

/** Return the conversation of an exchange. */
export function messages(exchange) {
  const body = exchange.request;
  if (!Array.isArray(body?.messages)) return [element("p", { class: "quiet" }, "This is not a chat request; Raw shows it.")];
  const results = resultsByCall(body.messages);
  const taken = new Set();
  const shown = body.messages.map((message, index) => {
    if (taken.has(index)) return null;
    const answers = callsOf(message).map((call) => {
      const result = results.get(call.id)?.find((one) => one > index && !taken.has(one));
      if (result !== undefined) taken.add(result);
      return [call, result];
    });
    return bubble(exchange, message, index, answers, body.messages);
  });
  return [tools(body.tools, exchange), miss(exchange), ...shown, reply(exchange)].filter(Boolean);
}

const callsOf = (message) => (Array.isArray(message?.tool_calls) ? message.tool_calls : []);

function resultsByCall(all) {
  const found = new Map();
  all.forEach((message, index) => {
    if (message?.role !== "tool") return;
    found.set(message.tool_call_id, [...(found.get(message.tool_call_id) ?? []), index]);
  });
  return found;
}

function tools(given, exchange) {
  if (!Array.isArray(given) || !given.length) return null;
  const names = given.map((tool) => tool?.function?.name ?? "?").join(", ");
  const text = element("pre", {}, JSON.stringify(given, null, 2));
  const { messages: whole = 0, characters = 0 } = exchange.cached_prefix ?? {};
  const isCached = exchange.usage?.cached_tokens > 0;
  const cached = isCached ? element("small", { class: "is-cached" }, whole || characters ? " cached" : " cached, or a part of it") : null;
  const title = element("summary", {}, `${counted(given.length, "tool")}: ${names}`, cached);
  return element("details", { class: "tools" }, title, text);
}

/** Return the notice about what was read again, with a button that shows the place. */
function miss(exchange) {
  const found = exchange.cache_miss;
  if (!found) return null;
  const show = element("button", { class: "link", type: "button", onclick: showMiss }, "Show the place");
  return element("p", { class: `notice${found.continues ? " bad" : ""}` }, said(found.line), found.message === null ? null : [" ", show]);
}

/** Scroll to the first character that was not found in the cache. */
export function showMiss() {
  const mark = document.querySelector(".missed");
  mark?.closest(".clipped")?.classList.remove("clipped");
  mark?.scrollIntoView({ block: "center" });
}

function bubble(exchange, message, index, answers, all) {
  const role = String(message?.role ?? "?");
  const content = textOf(message?.content);
  const parts = [
    header(role, index, cachedShare(exchange, index)),
    content ? text(exchange, content, index) : null,
    ...answers.map(([call, result]) => [
      callOf(call.function?.name ?? "?", call.function?.arguments ?? "", missIn(exchange, index) > content.length),
      result === undefined
        ? element("p", { class: "quiet" }, "No result in this request.")
        : element("div", { class: "result" }, header("tool", result, cachedShare(exchange, result)), text(exchange, textOf(all[result].content), result)),
    ]),
  ];
  return element("article", { class: `message ${role.replace(/\W/g, "")}`, "aria-label": `Message ${index + 1}, ${role}` }, parts.flat());
}

function header(role, index, share) {
  const cached = { all: "cached", part: "partly cached", none: "" }[share];
  return element("h3", {}, role, index === null ? null : element("small", {}, ` message ${index + 1}`), cached ? element("small", { class: "is-cached" }, ` ${cached}`) : null);
}

function cachedShare(exchange, index) {
  const prefix = exchange.cached_prefix;
  if (!prefix) return "none";
  if (index < prefix.messages) return "all";
  return index === prefix.messages && prefix.characters ? "part" : "none";
}

/** Return the index of the first missed character in a message, or -1. */
function missIn(exchange, index) {
  const found = exchange.cache_miss;
  if (!found || found.message !== index || found.reason !== "differs") return -1;
  const content = textOf(exchange.request.messages[index]?.content);
  const at = indexOf(content, found.character);
  return at >= content.length && found.character > [...content].length ? content.length + 1 : at;
}

/** Return a text with its cached part shaded and the first missed character marked. */
function text(exchange, content, index) {
  const prefix = exchange.cached_prefix;
  const share = cachedShare(exchange, index);
  const cached = { all: content.length, none: 0 }[share] ?? indexOf(content, prefix.characters);
  const missed = missIn(exchange, index);
  const cuts = [0, cached, content.length];
  if (missed >= 0 && missed < content.length) cuts.push(missed, missed + characterAt(content, missed).length);
  const places = [...new Set(cuts)].sort((one, other) => one - other);
  const pieces = places.slice(1).map((end, at) => {
    const begin = places[at];
    const piece = content.slice(begin, end);
    if (begin === missed) return element("mark", { class: "missed", title: "The first character that was not found in the cache" }, visible(piece));
    return begin < cached ? element("span", { class: "cached" }, piece) : piece;
  });
  if (missed === content.length) pieces.push(element("mark", { class: "missed", title: "The text ends here; before, it went on" }, "end"));
  return clipped(element("p", { class: "text", dir: "auto" }, pieces), content.length);
}

/** Return the character at a place as a person sees it, with its marks. */
function characterAt(text, place) {
  const [first] = new Intl.Segmenter().segment(text.slice(place, place + 40));
  return first.segment;
}

const visible = (character) => ({ " ": "·", "\n": "↵\n", "\t": "→" })[character] ?? character;

/** Return a text of which only the beginning is shown until a button is pressed, if it is long. */
export function clipped(shown, length) {
  if (length <= LONG) return shown;
  const box = element("div", { class: "clip clipped" }, shown);
  const more = element("button", { class: "link more", type: "button" }, `Show all ${counted(length, "character")}`);
  more.addEventListener("click", () => box.classList.remove("clipped"));
  box.append(more);
  return box;
}

function callOf(name, given, isMissed) {
  return element("div", { class: "call-box" }, element("strong", {}, `${name}`), isMissed ? element("mark", { class: "missed" }, "changed here") : null, element("pre", {}, pretty(given)));
}

function pretty(given) {
  try {
    return JSON.stringify(JSON.parse(given), null, 2);
  } catch {
    return String(given);
  }
}

function reply(exchange) {
  const given = exchange.reply;
  const parts = [header("reply", null, "none")];
  if (given) {
    if (given.content) parts.push(clipped(element("p", { class: "text", dir: "auto" }, given.content), given.content.length));
    parts.push(...given.tool_calls.map((call) => callOf(call.name, call.arguments, false)));
    if (!given.content && !given.tool_calls.length) parts.push(element("p", { class: "quiet" }, "An empty text."));
  } else {
    const error = exchange.error ? `${exchange.status} ${exchange.error.name}: ${exchange.error.message}` : "";
    parts.push(element("p", { class: "text", dir: "auto" }, error || exchange.faults.join(", ") || exchange.outcome));
  }
  return element("article", { class: "message reply", "aria-label": "The reply" }, parts);
}
