// One row of the list.

import { element, said } from "./dom.js";
import { attempt, origin, outcome, prefixLost, seconds, tokens, tone, tooEarly } from "./words.js";

const COLUMNS = {
  number: "#",
  turn: "Turn",
  words: "Asked → answered",
  status: "Status",
  origin: "Answered by",
  tokens: "Tokens",
  first: "First chunk",
  outcome: "Outcome",
};

const cell = (name, ...children) => element("span", { class: name, role: "gridcell" }, ...children);

/** Return the heads of the columns. */
export function columns() {
  return Object.entries(COLUMNS).map(([name, title]) =>
    element("span", { class: name, role: "columnheader" }, title),
  );
}

/** Return a text that changes when a row must be drawn again. */
export const rowKey = (row) => [row.number, row.request_id, row.outcome, row.chunks_sent, row.duration, row.lost].join(" ");

/** Return what was answered: a text, calls, or an error. */
function answered(row) {
  const calls = row.calls.map((call) => said(call, "call"));
  if (row.text) return [row.text, " ", ...calls];
  if (calls.length) return calls;
  return [said(row.error ?? row.faults[0] ?? (row.outcome === "in flight" ? "…" : "nothing"), "none")];
}

/** Return the cells of a row. */
export function cells(row) {
  const asked = row.said === null ? `${row.method} ${row.path}` : row.said;
  const question = asked ? said(asked, "asked") : element("span", { class: "asked none" }, "no text");
  const early = tooEarly(row);
  const retry = attempt(row);
  return [
    cell("number", String(row.number)),
    cell("turn", row.turn === null ? "" : String(row.turn)),
    cell("words", question, element("span", { class: "arrow" }, " → "), element("span", { class: "answer", dir: "auto" }, answered(row))),
    cell("status", element("span", { class: `badge ${tone(row)}` }, row.status ? String(row.status) : "none")),
    cell("origin", said(origin(row))),
    cell("tokens", tokens(row.usage)),
    cell("first", seconds(row.time_to_first_chunk)),
    cell(
      "outcome",
      retry ? element("span", { class: `badge ${early ? "bad" : "limited"}`, title: early }, early ? `too early: ${retry}` : retry) : null,
      row.lost ? element("span", { class: "badge bad", title: prefixLost(row) }, "prefix lost") : null,
      element("span", { class: `ending ${tone(row)}` }, outcome(row)),
    ),
  ];
}
