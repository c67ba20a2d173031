// What the user of a voice agent heard: a line for each turn, with what was spoken and what ran.

import { element, roving, said } from "./dom.js";
import { erase, redraw } from "./redraw.js";
import { counted } from "./words.js";

/** The room that the user's words take at most, as a part of the rest. They end where a turn begins. */
const MOST_USER = 0.15;
const MOST_MARKS = 6;
/** From which part of the axis on a silence has room for its length in words, in percent. */
const READABLE = 8;
const LONGEST_WORDS = 80;
const SPEECH_LEGEND = { user: "user", filler: "filler", reply: "answer", silence: "silence", tool: "tool" };
const UNTIMED = "Replies take no time here, so nothing is known about silences. Give the lane a pace, or a real clock.";

export class Speech {
  /** @param onOpen Called with the number of an exchange. */
  constructor(onOpen) {
    this.onOpen = onOpen;
    this.note = element("p", { class: "quiet", hidden: true }, UNTIMED);
    this.axis = element("div", { class: "scale", "aria-hidden": "true" });
    this.turns = element("div", { role: "list", "aria-label": "Turns" });
    this.bars = element("div", { class: "speech" }, this.axis, this.turns);
    const entries = Object.entries(SPEECH_LEGEND).map(([kind, words]) => element("li", {}, element("i", { class: kind }), words));
    this.legend = element("ul", { class: "legend", "aria-label": "Legend of the turns" }, entries);
    this.box = element("div", { class: "part" }, element("h2", {}, "What the user heard"), this.note, this.legend, this.bars);
    this.settle = roving(this.turns);
    this.clear();
  }

  clear() {
    erase(this.axis);
    erase(this.turns);
    this.box.hidden = true;
  }

  /** @param heard The turns: `{turns, timed, speech_rate}`. */
  draw({ turns, timed, speech_rate: rate }) {
    this.box.hidden = !turns.length;
    this.note.hidden = timed;
    this.legend.hidden = !timed;
    this.bars.hidden = !timed;
    const axis = axisOf(turns, rate);
    redraw(this.axis, ["name", "track", "label"].map((name) => [name, axis]), ([name]) => element("span", ...(name === "track" ? [{ class: name }, marks(axis)] : [])));
    redraw(this.turns, timed ? turns.map((turn) => [turn, axis]) : [], ([turn]) => this.line(turn, axis));
    this.settle();
  }

  line(turn, axis) {
    const track = element("span", { class: "track" }, parts(turn, axis).map((part) => bar(part, axis)));
    const name = element("span", { class: "name" }, element("span", {}, `${turn.conversation}.${turn.number} `), said(turn.said));
    const label = element("span", { class: "label" }, measured(turn));
    const words = story(turn);
    const open = () => this.onOpen(turn.exchanges[0]);
    const button = element("button", { type: "button", tabindex: -1, "data-key": `turn ${turn.exchanges[0]}`, "aria-label": words.join("; "), title: words.join("\n"), onclick: open }, name, track, label);
    return element("div", { role: "listitem" }, button);
  }
}

const ms = (value) => `${Math.round(value).toLocaleString("en")} ms`;

/** Return the axis of some turns: where it begins and ends in milliseconds, and the rate of speech. */
function axisOf(turns, rate) {
  const end = Math.max(1, ...turns.flatMap((turn) => spans(turn).map(({ to }) => to)));
  const user = Math.max(0, ...turns.map((turn) => spokenFor(turn.said, rate)));
  return { begin: -Math.min(user, end * MOST_USER), end, rate };
}

/** Return how long the user's words take, in milliseconds. */
const spokenFor = (words, rate) => (words.length / rate) * 1000;

/** Return what happened in a turn, without the user's words, in milliseconds since the user stopped. */
function spans(turn) {
  const spoken = (kind) => ({ text, start, end }) => ({ kind, from: start, to: end, text });
  return [
    ...turn.silences.map(({ start, end }) => ({ kind: "silence", from: start, to: end })),
    ...turn.fillers.map(spoken("filler")),
    ...turn.answer.map(spoken("reply")),
    ...turn.tools.map(({ name, called, result }) => ({ kind: "tool", from: called, to: result ?? called, text: name, isOpen: result === null })),
  ];
}

function parts(turn, axis) {
  const user = { kind: "user", from: Math.max(axis.begin, -spokenFor(turn.said, axis.rate)), to: 0 };
  return [user, ...spans(turn)];
}

function bar({ kind, from, to, isOpen }, axis) {
  const node = element("i", { class: isOpen ? `${kind} open` : kind });
  const width = ((to - from) / (axis.end - axis.begin)) * 100;
  node.style.left = `${placeOf(from, axis)}%`;
  node.style.width = `${width}%`;
  if (kind === "silence" && width >= READABLE) node.textContent = ms(to - from);
  return node;
}

const placeOf = (time, { begin, end }) => ((time - begin) / (end - begin)) * 100;

/** Return round times on the axis. */
function marks(axis) {
  const step = [1, 2, 5].flatMap((digit) => [0, 1, 2, 3, 4, 5, 6].map((power) => digit * 10 ** power)).toSorted((one, other) => one - other).find((size) => axis.end / size <= MOST_MARKS) ?? axis.end;
  const times = Array.from({ length: Math.floor(axis.end / step) + 1 }, (_, index) => index * step);
  return times.map((time) => {
    const node = element("span", { class: "mark" }, ms(time));
    node.style.left = `${placeOf(time, axis)}%`;
    return node;
  });
}

/** Return the silences and the overlap of a turn, in words. */
function measured(turn) {
  const silences = turn.silences.map(({ start, end }) => ms(end - start));
  const silent = silences.length ? `${silences.length === 1 ? "silence" : "silences"} ${silences.join(", ")}` : "no silence";
  return [silent, turn.overlap ? `overlap ${ms(turn.overlap)}` : ""].filter(Boolean).join("; ");
}

/** Return what happened in a turn, in order, as sentences. */
function story(turn) {
  const told = spans(turn).toSorted((one, other) => one.from - other.from).map(sentence);
  const overlap = turn.overlap ? [`${ms(turn.overlap)} in which a tool ran while something was spoken`] : [];
  return [`Conversation ${turn.conversation}, turn ${turn.number}: ${excerptOf(turn.said)}`, ...told, ...overlap, counted(turn.exchanges.length, "exchange")];
}

function sentence({ kind, from, to, text, isOpen }) {
  if (kind === "silence") return `silence of ${ms(to - from)} from ${ms(from)}`;
  if (isOpen) return `tool ${text} called at ${ms(from)}, no result`;
  const what = kind === "tool" ? `tool ${text}` : `${SPEECH_LEGEND[kind]} “${excerptOf(text)}”`;
  return `${what} from ${ms(from)} to ${ms(to)}`;
}

const excerptOf = (text) => (text.length > LONGEST_WORDS ? `${text.slice(0, LONGEST_WORDS)}…` : text);
