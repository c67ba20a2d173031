// The parts of one exchange that are texts: raw bytes, why which step answered, texts to copy.

import { copying, element, said } from "./dom.js";
import { clipped } from "./messages.js";
import { described } from "./selection.js";
import { counted, origin } from "./words.js";

// --- raw

/** Return the request and the response as they were sent. */
export function raw(exchange) {
  const { method, path, status, headers, response_headers: sent, authorization } = exchange;
  const asked = authorization ? { ...headers, authorization } : headers;
  return [
    ...half("Request", `${method} ${path}`, asked, exchange.raw_request),
    ...half("Response", status ? `Status ${status}` : "No answer", sent, exchange.raw_response),
  ];
}

function half(title, line, headers, body) {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  const text = body?.text ?? body?.base64;
  const form = body?.base64 ? ", in base64" : "";
  const none = body ? "No body." : "A journal does not have the bytes of an answer.";
  return [
    element("h3", {}, title),
    element("pre", { class: "raw" }, [line, ...lines].join("\n")),
    element("p", { class: "quiet" }, text ? `${counted(text.length, "character")}${form}` : none),
    text ? clipped(element("pre", { class: "raw" }, text), text.length) : null,
  ].filter(Boolean);
}

// --- why

/** Return who answered, and how each step of the script differs from the request. */
export function why(exchange) {
  const answered = element("p", {}, "Answered by ", element("strong", {}, origin(exchange)), ".");
  const notes = [exchange.fault_note, exchange.raised].filter(Boolean);
  const steps = (exchange.why ?? []).map(step);
  const none = exchange.why ? "The script of the lane has no steps." : "A journal does not have the script of its lane.";
  const list = steps.length
    ? [element("h3", {}, "The steps of the script, as it is now"), element("ol", { class: "steps" }, steps)]
    : [element("p", { class: "quiet" }, none)];
  const explained = exchange.explanation.map((line) => element("li", {}, said(line)));
  const model = explained.length ? [element("h3", {}, "The pocket model"), element("ul", { class: "explanation" }, explained)] : [];
  return [answered, ...model, ...notes.map((note) => element("p", { class: "notice bad" }, said(note))), ...list];
}

function step(one) {
  const left = one.left === null ? "" : `, ${one.left} left`;
  const title = described(`${one.step}. ${one.summary}`, `used ${counted(one.used, "time")}${left}`, one.conditions);
  if (one.answered) return element("li", { class: "is-answer" }, title, element("p", {}, "This step answered."));
  const differences = one.differences.map((text) => element("li", {}, said(text)));
  const matched = element("p", {}, one.left === 0 ? "It matches now, but no use is left." : "It matches; an earlier step answered, or it was added later.");
  return element("li", {}, title, differences.length ? element("ul", {}, differences) : matched);
}

// --- copy as

const TITLES = { curl: "curl", script: "Script step", python: "Python test", node: "Node" };

/** Return the exchange as texts to copy. */
export function copy(exchange) {
  return Object.entries(TITLES).flatMap(([name, title]) => {
    const text = element("pre", { class: "raw", id: `copy-${name}`, tabindex: 0 }, exchange.copies[name]);
    return [element("h3", {}, title), copying(text, `Copy as ${title}`), text];
  });
}
