// When each chunk of an answer was sent, and where it ended.

import { element } from "./dom.js";
import { counted, outcome, seconds } from "./words.js";

/** Return the chunks of an exchange: a strip on one axis, and a table. */
export function chunks(exchange) {
  const offsets = exchange.chunk_offsets;
  if (!offsets.length) return [element("p", { class: "quiet" }, `No chunk was sent: ${outcome(exchange)}.`)];
  const barged = exchange.barge_in;
  return [summary(exchange), strip(exchange, offsets, barged), table(exchange, offsets, barged)];
}

/** Scroll to where the caller barged in, or to the end of what was sent. */
export function showEnd() {
  document.querySelector("tr.note")?.scrollIntoView({ block: "center" });
}

function summary(exchange) {
  const words = [
    `${counted(exchange.chunks_sent, "chunk")} of ${exchange.chunks}`,
    `first after ${seconds(exchange.time_to_first_chunk)}`,
    exchange.duration === null ? "in flight" : `ended after ${seconds(exchange.duration)}`,
  ];
  return element("p", {}, `${words.join(", ")}. `, element("strong", {}, `${outcome(exchange)}.`));
}

function strip(exchange, offsets, barged) {
  const end = Math.max(exchange.duration ?? 0, offsets.at(-1), barged?.after ?? 0) || 1;
  const place = (node, time) => {
    node.style.insetInlineStart = `${(time / end) * 100}%`;
    return node;
  };
  const ticks = offsets.map((time) => place(element("i", { class: "tick" }), time));
  if (barged) ticks.push(place(element("i", { class: "tick barge", title: "barge-in" }), barged.after));
  const wait = element("i", { class: "wait" });
  wait.style.inlineSize = `${(offsets[0] / end) * 100}%`;
  const axis = element("p", { class: "axis quiet" }, element("span", {}, "0"), element("span", {}, seconds(end)));
  return element("div", { "aria-hidden": "true" }, element("div", { class: "strip" }, wait, ticks), axis);
}

function table(exchange, offsets, barged) {
  const head = element("tr", {}, ["Chunk", "After", "Pause", "Sent"].map((title) => element("th", { scope: "col" }, title)));
  const frames = exchange.frames.map((frame) => frame.text ?? `${frame.base64} (base64)`);
  const rows = offsets.map((time, index) => {
    const pause = index ? time - offsets[index - 1] : time;
    const values = [String(index + 1), seconds(time), seconds(pause)].map((text) => element("td", {}, text));
    return element("tr", {}, values, element("td", { class: "frame" }, element("bdi", {}, written(frames[index]))));
  });
  if (barged) rows.splice(barged.chunks, 0, note("barge", `The caller barged in after chunk ${barged.chunks}, ${seconds(barged.after)} after the request`));
  const left = exchange.chunks - exchange.chunks_sent;
  if (left > 0) {
    const words = exchange.outcome === "in flight" ? "still to come" : `not sent: ${outcome(exchange)}`;
    rows.push(note("left", `${counted(left, "chunk")} ${words}`));
  }
  return element("table", { class: "chunks" }, element("thead", {}, head), element("tbody", {}, rows));
}

const note = (kind, words) => element("tr", { class: `note ${kind}` }, element("td", { colspan: 4 }, words));

/** Return what a chunk says: its text or its calls, or the chunk as it was sent. */
function written(frame = "") {
  try {
    const { choices, usage } = JSON.parse(frame.replace(/^data: /, ""));
    if (!choices.length) return JSON.stringify({ usage });
    const { delta, finish_reason: reason } = choices[0];
    if (typeof delta.content === "string" && delta.content) return delta.content;
    if (delta) return JSON.stringify(reason ? { finish_reason: reason } : delta);
  } catch {
    // not a chunk of a stream
  }
  return frame.trim().slice(0, 2000);
}
