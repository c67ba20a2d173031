// The axis of the timeline. Time in which nothing happens takes little room, so that the requests of
// a second are as visible after a pause of an hour as before it.

import { seconds } from "./words.js";

/** The room of a long pause, as a part of the time in which something happens. */
const GAP = 0.06;

export class Scale {
  /** @param rows The rows, in order of arrival. */
  constructor(rows) {
    this.rows = rows;
    this.spans = busy(rows.map((row) => [row.arrived_at, this.end(row)]));
    this.work = this.spans.reduce((sum, [from, to]) => sum + to - from, 0);
    this.isOrdinal = this.work === 0 && this.spans.length < 2;
    this.marks = [];
    /** How long nothing happened before a row, in words, by its number. */
    this.lulls = new Map();
    if (this.isOrdinal) this.places = new Map(rows.map((row, index) => [row.number, index]));
    else this.lay();
  }

  get title() {
    const hasEnded = this.rows.every((row) => row.duration !== null);
    return this.isOrdinal && hasEnded ? "in order; the clock stands still" : "";
  }

  /** Return when an answer ended; for one in flight, when the latest event happened. */
  end(row) {
    if (row.duration !== null) return row.arrived_at + row.duration;
    return Math.max(row.arrived_at, ...this.rows.map((one) => one.arrived_at + (one.duration ?? 0)));
  }

  /** Give each span its place from 0 to 100, and the pauses between them theirs. */
  lay() {
    const unit = this.work || 1;
    const longest = GAP * unit;
    this.knots = [];
    this.marks = [];
    let place = 0;
    let before = null;
    for (const [from, to] of this.spans) {
      if (before !== null) {
        const pause = from - before;
        const room = Math.min(pause, longest);
        if (pause > longest) {
          this.marks.push({ place: place + room / 2, words: seconds(pause), isBreak: true });
          this.lulls.set(this.rows.find((row) => row.arrived_at === from).number, seconds(pause));
        }
        place += room;
      }
      this.knots.push([from, place], [to, place + to - from]);
      place += to - from;
      before = to;
    }
    const whole = place || 1;
    this.knots = this.knots.map(([time, at]) => [time, (at / whole) * 100]);
    this.marks = this.marks.map((mark) => ({ ...mark, at: (mark.place / whole) * 100 }));
    const [[start], [end]] = [this.knots[0] ?? [0], this.knots.at(-1) ?? [0]];
    this.marks = apart(this.marks);
    this.marks.unshift({ at: 0, words: "0" });
    this.marks.push({ at: 100, words: seconds(end - start) }); // the last one ends there, in the style
  }

  /** Return the place of a time, from 0 to 100. */
  at(time, row) {
    if (this.isOrdinal) return (this.places.get(row.number) / Math.max(this.rows.length, 1)) * 100;
    let before = this.knots[0];
    for (const knot of this.knots) {
      if (time <= knot[0]) {
        const [from, to] = [before, knot];
        const part = to[0] === from[0] ? 1 : (time - from[0]) / (to[0] - from[0]);
        return from[1] + part * (to[1] - from[1]);
      }
      before = knot;
    }
    return 100;
  }
}

const NEAREST = 15;

/** Return the marks that are so far from each other and from the ends that they can be read. */
function apart(marks) {
  let last = 0;
  return marks.filter(({ at }) => {
    const isClear = at - last >= NEAREST && 100 - at >= NEAREST;
    if (isClear) last = at;
    return isClear;
  });
}

/** Return the spans of time in which something happens, in order, without overlaps. */
function busy(spans) {
  const found = [];
  for (const [from, to] of spans.toSorted((one, other) => one[0] - other[0])) {
    const last = found.at(-1);
    if (last && from <= last[1]) last[1] = Math.max(last[1], to);
    else found.push([from, to]);
  }
  return found;
}
