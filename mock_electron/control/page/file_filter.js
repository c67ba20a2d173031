// The filter of a page that is a file: some of the conditions of the API, on the embedded exchanges.

import { textOf } from "./messages.js";

const contains = (text, words) => (text ?? "").includes(words);

/** Return the latest message that is not the assistant's. */
function saidIn(exchange) {
  const messages = exchange.request?.messages;
  const asked = Array.isArray(messages) ? messages.filter((message) => message?.role !== "assistant") : [];
  return textOf(asked.at(-1)?.content);
}

const calls = (exchange, tool) => (exchange.reply?.tool_calls ?? []).some((call) => call.name === tool);
const equals = (name) => (row, _exchange, value) => String(row[name]) === value;
const EQUAL = ["status", "error", "outcome", "answered_by", "step", "too_early", "turn", "attempt", "stream"];

/** Whether a row with its exchange meets a condition, by the name of the condition. */
const CONDITIONS = {
  says: (row, exchange, value) => contains(saidIn(exchange), value),
  text: (row, exchange, value) => contains(exchange.reply?.content, value),
  tool: (row, exchange, value) => calls(exchange, value),
  anywhere: (row, exchange, value) => contains(JSON.stringify(row), value) || contains(JSON.stringify(exchange.request), value),
  ...Object.fromEntries(EQUAL.map((name) => [name, equals(name)])),
};

/** Return the conditions that a file does not have, in a sentence, or "". */
export function unknownIn(filter) {
  const unknown = Object.keys(filter).filter((name) => !Object.hasOwn(CONDITIONS, name));
  if (!unknown.length) return "";
  const known = Object.keys(CONDITIONS).filter((name) => name !== "anywhere").join(", ");
  return `unknown condition ${unknown.map((name) => `'${name}'`).join(", ")}; the filter of a file has ${known}, and words without a name`;
}

/** Return the rows of a lane that meet all conditions. */
export function chosenIn(lane, filter) {
  const byNumber = new Map(lane.exchanges.map((one) => [one.number, one]));
  const wanted = Object.entries(filter);
  return lane.rows.filter((row) => wanted.every(([name, value]) => CONDITIONS[name](row, byNumber.get(row.number), value)));
}
