// Numbers, times and outcomes in words.

/** Return seconds as `174 ms`, `1.50 s` or `2 min 5 s`. */
export function seconds(value) {
  if (value === null || value === undefined) return "";
  const milliseconds = Math.round(value * 1000);
  if (milliseconds < 1000) return `${milliseconds} ms`;
  const short = Number(value.toFixed(2));
  if (short < 60) return `${short} s`;
  const whole = Math.round(value);
  return `${Math.floor(whole / 60)} min ${whole % 60} s`;
}

/** Return `1 chunk` or `2 chunks`. */
export const counted = (count, noun) => `${count.toLocaleString("en")} ${noun}${count === 1 ? "" : "s"}`;

/** Return how many exchanges a file does not have, in words, or "". */
export const leftOut = ({ leftOut: count }) => (count ? `; this file leaves out ${counted(count, "other")}` : "");

/**
 * Return why something was refused: each problem once, with its place.
 * @param placed Takes a problem, and returns it with the place that a person knows.
 */
export function refusal({ message: whole, problems = [] }, placed = (problem) => problem) {
  const found = problems.map(placed).map(withPlace);
  if (!found.length) return whole;
  return found.length === 1 ? found[0] : [`${found.length} problems:`, ...found].join("\n");
}

/** Return a message after its place, whose last name it may begin with. */
function withPlace({ path, message }) {
  const name = path?.split(".").at(-1);
  if (name && message.startsWith(`${name} `)) return path + message.slice(name.length);
  return path ? `${path}: ${message}` : message;
}

/** Return `120 (96 cached) + 14`. */
export function tokens(usage) {
  if (!usage) return "";
  const cached = usage.cached_tokens ? ` (${usage.cached_tokens} cached)` : "";
  return `${usage.prompt_tokens}${cached} + ${usage.completion_tokens}`;
}

/** Return `client left at chunk 7 of 40`, or the outcome alone. */
export function outcome(row) {
  const isPart = row.outcome === "client left" || row.outcome === "cut by a fault";
  return isPart && row.chunks ? `${row.outcome} at chunk ${row.chunks_sent} of ${row.chunks}` : row.outcome;
}

/** Return `attempt 2 after 500 ms`, or "" for a first attempt. */
export function attempt(row) {
  if (row.attempt < 2) return "";
  const pause = row.longest_pause ?? row.pause;
  return `attempt ${row.attempt}` + (pause === null ? "" : ` after ${seconds(pause)}`);
}

/** Return that a retry came earlier than the answer before had asked for, in words, or "". */
export const tooEarly = (row) => (row.too_early ? `too early: asked to wait ${seconds(row.asked_pause)}` : "");

/** Return how much of a prompt was read again, or "". */
export const prefixLost = (row) => (row.lost ? `at least ${counted(row.lost, "token")} of the turn before were not in the cache; Messages shows why` : "");

/** Return who answered, with the faults. */
export const origin = (row) => [row.answered_by, ...row.faults].filter(Boolean).join(", ");

/** Return the kind of an outcome, for its colour. */
export function tone(row) {
  if (row.outcome === "in flight") return "running";
  if (row.outcome === "client left") return "left";
  if (row.status === 429) return "limited";
  return row.status === 200 && row.outcome === "complete" ? "good" : "bad";
}

/** Return the UTF-16 index of a character that is counted in code points. */
export function indexOf(text, codePoints) {
  let index = 0;
  for (let at = 0; at < codePoints && index < text.length; at += 1) {
    index += text.codePointAt(index) > 0xffff ? 2 : 1;
  }
  return index;
}
