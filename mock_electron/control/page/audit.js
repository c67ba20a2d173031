// The audit of a lane: what each rule says, and what a client could do better.

import { element, fill, said } from "./dom.js";
import { findingCard } from "./finding.js";
import { erase, redraw } from "./redraw.js";
import { counted, leftOut } from "./words.js";

/** The shape of each outcome: only a pass looks like one. */
const SHAPES = { pass: "✓", fail: "✕", "not applicable": "–", "not observable": "?" };

export class AuditView {
  /**
   * @param box Where it is drawn.
   * @param ask Returns the audit of the lane that is shown.
   * @param exchanges What is known about exchanges: `has(number)`, `open(number, byKey)`.
   * @param emptiness Returns what is shown if there are no exchanges.
   */
  constructor(box, ask, exchanges, emptiness) {
    Object.assign(this, { box, ask, exchanges, emptiness });
    this.title = element("p", { class: "quiet", role: "status" });
    this.totals = element("dl", { class: "totals", "aria-label": "Totals" });
    this.rules = element("ul", { class: "rules", "aria-label": "Rules" });
    this.cards = element("div", { class: "findings" });
    this.found = element("section", { "aria-label": "Findings" }, element("h2", {}, "Findings, the weightiest first"), this.cards);
    this.whole = element("div", { class: "audit" }, this.title, this.totals, element("h2", {}, "Rules"), this.rules, this.found);
    this.nothing = element("div", { class: "nothing" });
    fill(box, this.whole, this.nothing);
    this.clear();
  }

  clear() {
    this.title.textContent = "";
    for (const one of [this.totals, this.rules, this.cards, this.nothing]) erase(one);
    this.whole.hidden = true;
    this.nothing.hidden = true;
  }

  async refresh() {
    const audit = await this.ask();
    if (!audit) return;
    this.whole.hidden = audit.exchanges === 0;
    this.nothing.hidden = audit.exchanges > 0;
    if (audit.exchanges) this.draw(audit);
    else fill(this.nothing, this.emptiness({ recorded: 0 }));
  }

  draw(audit) {
    const { rules, findings } = audit;
    const isFailing = (finding) => rules[finding.rule]?.level === "error";
    this.say(audit, findings.filter(isFailing).length);
    redraw(this.totals, totals(audit), ([name, value]) => element("div", {}, element("dt", {}, name), element("dd", {}, value)));
    redraw(this.rules, Object.entries(rules), ([name, verdict]) => this.rule(name, verdict));
    redraw(this.cards, findings.map((finding) => [finding, isFailing(finding)]), ([finding, fails]) => findingCard(finding, fails, this.exchanges));
    this.found.hidden = !findings.length;
  }

  /** Say how much was found. A text that stays the same is not read aloud again. */
  say(audit, failing) {
    const { findings, exchanges, dropped } = audit;
    const older = dropped ? `; ${dropped.toLocaleString("en")} older ones were dropped` : "";
    const words = `${counted(findings.length, "finding")}, ${failing} failing, in ${counted(exchanges, "exchange")}${older}${leftOut(audit)}`;
    if (this.title.textContent !== words) this.title.textContent = words;
  }

  rule(name, { outcome, level, reason, unseen, findings }) {
    const words = [...new Set([findings ? counted(findings, "finding") : "", reason, ...unseen])].filter(Boolean).join("; ");
    const title = outcome === "fail" && level !== "error" ? "fail, only a warning" : outcome;
    return element(
      "li",
      { class: `rule ${outcome.replace(" ", "-")}` },
      element("span", { class: "verdict" }, element("span", { class: "shape", "aria-hidden": "true" }, SHAPES[outcome] ?? "?"), ` ${title}`),
      element("span", { class: "rule-name" }, this.leading(name, findings)),
      element("span", { class: "rule-words" }, said(words)),
    );
  }

  /** Return the name of a rule; if it has found something, as a button that leads there. */
  leading(name, findings) {
    if (!findings) return said(name);
    const go = () => {
      const card = [...this.cards.children].find((one) => one.dataset.rule === name);
      card?.scrollIntoView({ block: "start" });
      card?.focus({ preventScroll: true });
    };
    return element("button", { type: "button", class: "link", "data-key": `rule ${name}`, "aria-label": `${name}: go to its findings`, onclick: go }, name);
  }
}

/** Return what was spent, with its names. */
function totals({ tokens, money }) {
  const amount = (count) => count.toLocaleString("en");
  const facts = [["Tokens", amount(tokens.spent)], ["Cached", amount(tokens.cached)], ["Avoidable", amount(tokens.avoidable)]];
  if (!money) return facts;
  const price = (value) => `${value.toLocaleString("en", { minimumFractionDigits: 2, maximumFractionDigits: 6 })} ${money.currency}`;
  return [...facts, ["Spent", price(money.spent)], ["Avoidable money", price(money.avoidable)]];
}
