// One exchange: a title, what is remarkable about it, and its tabs.

import { chunks, showEnd } from "./chunks.js";
import { diff } from "./diff.js";
import { byId, element, fill, said, tabList } from "./dom.js";
import { messages, showMiss } from "./messages.js";
import { copy, raw, why } from "./parts.js";
import { attempt, outcome, seconds, tokens, tone, tooEarly } from "./words.js";

const TABS = { messages: "Messages", diff: "Diff", chunks: "Chunks", raw: "Raw", why: "Why", copy: "Copy as" };

/** The number of tokens that the prefix cache keeps together. To lose fewer costs nothing. */
const BLOCK = 16;

export class ExchangePane {
  /**
   * @param ask Returns an exchange by its number.
   * @param actions What the buttons do: `close()`, `tab(name)`, `open(number)`.
   */
  constructor(ask, actions) {
    this.ask = ask;
    this.actions = actions;
    this.box = byId("exchange");
    this.number = null;
    this.body = element("div", { class: "tab-body", role: "tabpanel", id: "exchange-body", tabindex: 0 });
  }

  /** Show an exchange, on one of its tabs. */
  async open(number, tab) {
    this.number = number;
    const known = this.exchange?.number === number && this.exchange.outcome !== "in flight" ? this.exchange : null;
    const exchange = known ?? (await this.ask(number).catch((refused) => this.fail(number, refused.message)));
    if (!exchange || this.number !== number) return; // another one was opened since
    this.exchange = exchange;
    this.box.hidden = false;
    this.box.setAttribute("aria-label", `Exchange #${number}`);
    fill(this.box, this.head(exchange), this.remarks(exchange), this.tabs(), this.body);
    await this.show(tab);
  }

  /** Say why the exchange cannot be shown. */
  fail(number, words) {
    if (this.number !== number) return;
    this.exchange = null;
    this.box.hidden = false;
    this.box.setAttribute("aria-label", `Exchange #${number}`);
    const head = element("header", {}, element("h2", {}, `Exchange #${number}`), this.closing());
    fill(this.box, head, element("p", { class: "notice bad", role: "alert" }, said(words)));
  }

  close() {
    this.number = null;
    this.exchange = null;
    this.box.hidden = true;
    fill(this.box);
  }

  focus() {
    this.box.querySelector("[role=tab][aria-selected=true]")?.focus();
  }

  /** Show a tab of the exchange. */
  async show(name) {
    const { exchange } = this;
    if (!exchange) return;
    const chosen = TABS[name] ? name : "messages";
    this.tab = chosen;
    this.choose(byId(`exchange-${chosen}`));
    this.body.setAttribute("aria-labelledby", `exchange-${chosen}`);
    const shown = await this.content(chosen, exchange);
    if (this.exchange !== exchange || this.tab !== chosen) return; // something else was chosen since
    fill(this.body, shown);
    this.body.scrollTop = 0;
  }

  async content(name, exchange) {
    if (name === "diff") return this.difference(exchange);
    return { messages, chunks, raw, why, copy }[name](exchange);
  }

  async difference(exchange) {
    const { previous } = exchange;
    if (previous === null) return element("p", { class: "quiet" }, "No earlier request of the same account has a message in common.");
    const open = element("button", { class: "link", type: "button", onclick: () => this.actions.open(previous) }, `exchange #${previous}`);
    const title = element("p", {}, "What changed since ", open, ":");
    const pause = retry(exchange);
    const changes = diff(await this.ask(previous), exchange);
    return [pause, title, ...(changes.length ? changes : [element("p", { class: "quiet" }, "Nothing: the requests are the same.")])];
  }

  closing() {
    return element("button", { type: "button", class: "close", "aria-label": "Close", onclick: () => this.actions.close() }, "✕");
  }

  head(exchange) {
    const facts = [tokens(exchange.usage) && `${tokens(exchange.usage)} tokens`, exchange.time_to_first_chunk === null ? "" : `first chunk after ${seconds(exchange.time_to_first_chunk)}`, attempt(exchange)];
    return element(
      "header",
      {},
      element("h2", {}, `Exchange #${exchange.number} `, element("span", { class: `badge ${tone(exchange)}` }, String(exchange.status || "none"))),
      this.closing(),
      element("p", { class: "quiet facts" }, said([`turn ${exchange.turn ?? "–"}`, exchange.answered_by, outcome(exchange), ...facts].filter(Boolean).join(" · "))),
    );
  }

  /** Return buttons for what is remarkable: each one shows the place. */
  remarks(exchange) {
    const found = [];
    const remark = (words, tab, after) => {
      const go = async () => {
        await this.actions.tab(tab);
        after?.();
      };
      found.push(element("li", {}, element("button", { type: "button", class: "remark", onclick: go }, words)));
    };
    if (exchange.cache_miss?.continues && exchange.cache_miss.lost_tokens >= BLOCK) remark(missed(exchange.cache_miss), "messages", showMiss);
    if (tooEarly(exchange)) remark(`Retry ${attempt(exchange)}, ${tooEarly(exchange)}`, "diff");
    if (exchange.barge_in) remark(`The caller barged in after chunk ${exchange.barge_in.chunks} of ${exchange.chunks}`, "chunks", showEnd);
    else if (exchange.outcome === "client left") remark(`The ${outcome(exchange)}`, "chunks", showEnd);
    return found.length ? element("ul", { class: "remarks" }, found) : element("span");
  }

  tabs() {
    const buttons = Object.entries(TABS).map(([name, title]) =>
      element("button", { role: "tab", type: "button", id: `exchange-${name}`, "aria-controls": "exchange-body" }, title),
    );
    const list = element("div", { class: "tabs", role: "tablist", "aria-label": "Parts of the exchange" }, buttons);
    this.choose = tabList(list, (tab) => this.actions.tab(tab.id.replace("exchange-", "")));
    return list;
  }
}

/** Return a sentence about the pause before a retry, or null. */
function retry(exchange) {
  if (exchange.retry_of === null) return null;
  const words = [`This is ${attempt(exchange)}. It retries exchange #${exchange.retry_of}`];
  if (exchange.asked_pause) words.push(`, which asked to wait ${seconds(exchange.asked_pause)}`);
  return element("p", { class: `notice${tooEarly(exchange) ? " bad" : ""}` }, words.join(""), ".");
}

function missed(miss) {
  if (miss.reason !== "differs") return "The cache had forgotten the beginning of the prompt";
  const place = miss.message === null ? "The tools" : `Message ${miss.message + 1}`;
  return `${place} broke the cache prefix: ${miss.lost_tokens} tokens were read again`;
}
