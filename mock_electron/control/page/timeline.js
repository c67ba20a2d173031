// The timeline of a lane: each request as a bar on one axis, and its tokens below.

import { element, fill, roving, said, tellCut } from "./dom.js";
import { Scale } from "./scale.js";
import { Speech } from "./speech.js";
import { attempt, counted, outcome, seconds, tokens, tone, tooEarly } from "./words.js";

const SHOWN = 120;

export class Timeline {
  /**
   * @param box Where it is drawn.
   * @param ask Returns the rows of a page.
   * @param askTurns Returns the turns with an exchange of which the number is in a range.
   * @param onOpen Called with the number of an exchange.
   * @param emptiness A function from the rows that were read to the text shown if there are none.
   */
  constructor(box, ask, askTurns, onOpen, emptiness) {
    Object.assign(this, { box, ask, askTurns, onOpen, emptiness });
    this.offset = null;
    this.title = element("p", { class: "quiet" });
    this.older = element("button", { type: "button", onclick: () => this.page(-SHOWN) }, "Older");
    this.newer = element("button", { type: "button", onclick: () => this.page(SHOWN) }, "Newer");
    this.bars = element("div", { class: "bars", role: "list", "aria-label": "Requests in order" });
    this.speech = new Speech(onOpen);
    this.tokensTitle = element("h2");
    this.tokens = element("div", { class: "token-bars", role: "list", "aria-label": "Tokens of each request" });
    this.tokenPart = group(this.tokensTitle, legend("Legend of the tokens", TOKEN_LEGEND), this.tokens);
    this.rowPart = group(element("div", { class: "list-bar" }, this.title, this.older, this.newer), legend("Legend of the requests", LEGEND), this.bars, this.speech.box, this.tokenPart);
    this.nothing = element("div", { class: "nothing" });
    fill(box, this.rowPart, this.nothing);
    this.clear();
    tellCut(this.bars, ".name, .label");
    this.settle = roving(this.bars);
  }

  clear() {
    this.offset = null;
    this.speech.clear();
    for (const one of [this.bars, this.tokens, this.nothing]) fill(one);
    this.rowPart.hidden = true;
    this.nothing.hidden = true;
  }

  page(by) {
    this.offset = Math.max(this.begin + by, 0);
    if (this.offset + SHOWN >= this.size) this.offset = null;
    return this.refresh();
  }

  async refresh() {
    const read = await this.ask({ limit: SHOWN, ...(this.offset === null ? {} : { offset: this.offset }) });
    this.begin = read.offset;
    this.size = read.selected;
    this.older.disabled = this.begin === 0;
    this.newer.disabled = this.begin + read.rows.length >= this.size;
    const { rows } = read;
    this.rowPart.hidden = !rows.length;
    this.nothing.hidden = rows.length > 0;
    if (!rows.length) {
      fill(this.nothing, this.emptiness(read));
      return read;
    }
    const numbers = [...new Set([rows[0], rows.at(-1)])].map((row) => `#${row.number}`).join(" to ");
    this.title.textContent = `${rows.length} of ${counted(this.size, "exchange")}, ${numbers}`;
    this.draw(rows);
    await this.hear(rows);
    return read;
  }

  /** Show the turns of some rows. */
  async hear(rows) {
    const heard = await this.askTurns(rows[0].number, rows.at(-1).number);
    const shown = new Set(rows.map((row) => row.number));
    if (heard) this.speech.draw({ ...heard, turns: heard.turns.filter((turn) => turn.exchanges.some((number) => shown.has(number))) });
  }

  draw(rows) {
    const scale = new Scale(rows);
    const byNumber = new Map(rows.map((row) => [row.number, row]));
    const focused = this.bars.contains(document.activeElement) ? document.activeElement.dataset.number : null;
    fill(this.bars, axis(scale), rows.map((row) => this.bar(row, scale, byNumber.get(row.retry_of))));
    const kept = this.bars.querySelector(`[data-number="${focused}"]`);
    kept?.setAttribute("tabindex", "0");
    kept?.focus();
    this.settle();
    const most = Math.max(...rows.map((row) => row.usage?.total_tokens ?? 0));
    this.tokenPart.hidden = most === 0;
    this.tokensTitle.textContent = `Tokens of each prompt and reply, at most ${most.toLocaleString("en")}`;
    fill(this.tokens, rows.map((row) => this.column(row, most)));
  }

  bar(row, scale, before) {
    const end = scale.end(row);
    const first = row.time_to_first_chunk === null ? end : row.arrived_at + row.time_to_first_chunk;
    const track = element("span", { class: "track" });
    const part = (kind, from, to) => {
      const node = element("i", { class: kind });
      const [left, right] = [scale.at(from, row), scale.at(to, row)];
      node.style.left = `${left}%`;
      node.style.width = `${Math.max(right - left, 0)}%`;
      track.append(node);
    };
    if (before) part(tooEarly(row) ? "pause early" : "pause", scale.end(before), row.arrived_at);
    part(`waiting ${tone(row)}`, row.arrived_at, first);
    part(`sending ${tone(row)}`, first, end);
    const pause = scale.lulls.get(row.number);
    if (pause) track.append(lull(pause, scale.at(row.arrived_at, row), scale.at(end, row)));
    const words = facts(row);
    const name = element("span", { class: "name" }, element("span", {}, `#${row.number} `), said(row.said ?? row.path));
    const label = element("span", { class: `label ${tooEarly(row) ? "bad" : tone(row)}` }, words);
    const open = () => this.onOpen(row.number);
    const button = element("button", { type: "button", tabindex: -1, "data-number": row.number, onclick: open }, name, track, label);
    return element("div", { role: "listitem" }, button);
  }

  column(row, most) {
    const { prompt_tokens: prompt = 0, cached_tokens: cached = 0, completion_tokens: reply = 0 } = row.usage ?? {};
    const parts = [["reply", reply], ["fresh", prompt - cached], ["cached", cached]].map(([kind, count]) => {
      const node = element("i", { class: kind });
      node.style.height = count > 0 ? `max(2px, ${(count / most) * 92}%)` : "0";
      return node;
    });
    const words = `#${row.number}: ${tokens(row.usage) || "no"} tokens`;
    return element("span", { role: "listitem", class: "column", title: words, "aria-label": words, onclick: () => this.onOpen(row.number) }, parts);
  }
}

const group = (...children) => element("div", { class: "part" }, children);

/** Return a long pause in words, where the bar after it leaves most room. */
function lull(pause, from, to) {
  const node = element("span", { class: "lull" }, `⋯ ${pause}`);
  if (from >= 100 - to) node.style.right = `${100 - from}%`;
  else node.style.left = `${to}%`;
  return node;
}

function facts(row) {
  const whole = row.outcome === "complete" ? seconds(row.duration) : "";
  const status = row.status === 200 ? "" : row.status || "no answer";
  const ending = ["complete", "refused"].includes(row.outcome) ? "" : outcome(row);
  return [status, whole, ending, attempt(row), tooEarly(row)].filter(Boolean).join(", ");
}

function axis(scale) {
  const marks = scale.marks.map(({ at, words, isBreak }) => {
    const node = element("span", { class: isBreak ? "mark break" : "mark" }, words);
    node.style.left = `${at}%`;
    return node;
  });
  return element("div", { class: "scale", "aria-hidden": "true" }, element("span", {}, scale.title), element("span", { class: "track" }, marks), element("span"));
}

const LEGEND = { waiting: "waiting for the first chunk", sending: "chunks", pause: "pause before a retry", limited: "429", left: "client left", bad: "error or fault" };
const TOKEN_LEGEND = { cached: "cached", fresh: "fresh", reply: "reply" };

function legend(title, kinds) {
  const entries = Object.entries(kinds).map(([kind, words]) => element("li", {}, element("i", { class: kind }), words));
  return element("ul", { class: "legend", "aria-label": title }, entries);
}
