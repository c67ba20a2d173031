// What changed since the previous request of the same conversation.

import { element } from "./dom.js";
import { clipped, textOf } from "./messages.js";
import { counted } from "./words.js";

/** Return what changed from one request to the next. */
export function diff(before, now) {
  const parts = [parameters(before.request ?? {}, now.request ?? {})];
  const pairs = aligned(before.request?.messages ?? [], now.request?.messages ?? []);
  let same = 0;
  const flush = () => {
    if (same) parts.push(element("p", { class: "quiet same" }, `${counted(same, "message")} the same`));
    same = 0;
  };
  for (const [then, next] of pairs) {
    if (then && next && key(then) === key(next)) {
      same += 1;
      continue;
    }
    flush();
    parts.push(change(then, next));
  }
  flush();
  return parts.filter(Boolean);
}

const key = (message) => JSON.stringify(message);

/** Pair the messages that are the same, or that have the same role in the same place between those. */
function aligned(one, other) {
  const lengths = common(one.map(key), other.map(key));
  const pairs = [];
  let [i, j] = [0, 0];
  let [gone, added] = [[], []];
  const flush = () => {
    for (let at = 0; at < Math.max(gone.length, added.length); at += 1) {
      if (gone[at]?.role === added[at]?.role) pairs.push([gone[at], added[at]]);
      else pairs.push(...[[gone[at], undefined], [undefined, added[at]]].filter(([then, now]) => then || now));
    }
    [gone, added] = [[], []];
  };
  while (i < one.length || j < other.length) {
    if (i < one.length && j < other.length && key(one[i]) === key(other[j])) {
      flush();
      pairs.push([one[i++], other[j++]]);
    } else if (j >= other.length || (i < one.length && lengths(i + 1, j) >= lengths(i, j + 1))) gone.push(one[i++]);
    else added.push(other[j++]);
  }
  flush();
  return pairs;
}

const MOST_CELLS = 4_000_000;

/** Return a function that gives the length of the longest common subsequence from two places on. */
function common(one, other) {
  const width = other.length + 1;
  if ((one.length + 1) * width > MOST_CELLS) return () => 0;
  const table = new Uint32Array((one.length + 1) * width);
  for (let i = one.length - 1; i >= 0; i -= 1) {
    for (let j = other.length - 1; j >= 0; j -= 1) {
      table[i * width + j] = one[i] === other[j]
        ? table[(i + 1) * width + j + 1] + 1
        : Math.max(table[(i + 1) * width + j], table[i * width + j + 1]);
    }
  }
  return (i, j) => table[i * width + j];
}

function change(then, now) {
  const kind = then && now ? "changed" : now ? "added" : "removed";
  const label = `${(now ?? then).role ?? "?"}: ${kind}`;
  const [before, after] = [then && full(then), now && full(now)];
  const shown = then && now ? inline(before, after) : [element(now ? "ins" : "del", {}, after ?? before)];
  return element("article", { class: `message ${kind}` }, element("h3", {}, label), clipped(element("p", { class: "text", dir: "auto" }, shown), (after ?? before).length));
}

/** Return all texts of a message. */
function full(message) {
  const calls = (message.tool_calls ?? []).map((call) => `${call.function?.name}(${call.function?.arguments})`);
  const id = message.tool_call_id ? [`for ${message.tool_call_id}`] : [];
  return [...id, textOf(message.content), ...calls].filter(Boolean).join("\n");
}

/** Return the two texts as one, with the part that differs. */
export function inline(before, after) {
  const most = Math.min(before.length, after.length);
  let begin = 0;
  while (begin < most && before[begin] === after[begin]) begin += 1;
  let end = 0;
  while (end < most - begin && before.at(-1 - end) === after.at(-1 - end)) end += 1;
  begin -= isHalf(before, begin) ? 1 : 0;
  end -= isHalf(before, before.length - end) ? 1 : 0;
  const [gone, added] = [before.slice(begin, before.length - end), after.slice(begin, after.length - end)];
  return [
    context(after.slice(0, begin), true),
    gone ? element("del", {}, gone) : null,
    added ? element("ins", {}, added) : null,
    context(after.slice(after.length - end), false),
  ].filter(Boolean);
}

const AROUND = 400;

/** Return the text around a change, without what is far from it. */
function context(text, isBefore) {
  if (text.length <= AROUND) return text;
  return isBefore ? `… ${text.slice(-AROUND)}` : `${text.slice(0, AROUND)} …`;
}

/** Whether a place in a text is between the two halves of a character. */
const isHalf = (text, at) => at > 0 && at < text.length && /[\uDC00-\uDFFF]/.test(text[at]) && /[\uD800-\uDBFF]/.test(text[at - 1]);

function parameters(before, now) {
  const names = [...new Set([...Object.keys(before), ...Object.keys(now)])].filter((name) => name !== "messages");
  const changed = names.filter((name) => JSON.stringify(before[name]) !== JSON.stringify(now[name]));
  if (!changed.length) return null;
  const rows = changed.map((name) => {
    const [then, next] = [before[name], now[name]].map((value) => (value === undefined ? "" : JSON.stringify(value)));
    return [element("dt", {}, name), element("dd", {}, inline(then, next))];
  });
  return element("article", { class: "message changed" }, element("h3", {}, "Parameters"), element("dl", {}, rows.flat()));
}
