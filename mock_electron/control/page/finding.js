// One finding of an audit, as a card: what was seen, where, and how to repair it.

import { copying, element, said } from "./dom.js";
import { counted, seconds } from "./words.js";

const WEIGHTS = { high: "▲▲▲", medium: "▲▲", low: "▲" };

/** How many exchanges of a finding are shown. The audit has all of them. */
const MOST_SHOWN = 20;

/**
 * Return a finding as an element.
 * @param fails Whether it fails the audit, or is only a warning.
 * @param exchanges What is known about exchanges: `has(number)`, `open(number, byKey)`.
 */
export function findingCard(finding, fails, exchanges) {
  const { id, rule, severity, title, reason, details, repair, practice } = finding;
  const heading = element("h3", {}, element("span", { class: `weight ${severity}` }, element("span", { "aria-hidden": "true" }, WEIGHTS[severity] ?? ""), ` ${severity}`), " ", said(title));
  const code = element("code", {}, said(id));
  return element(
    "article",
    { class: `finding ${severity}`, "aria-label": `${title}, ${severity}`, "data-rule": rule, tabindex: -1 },
    heading,
    element("p", { class: "quiet" }, code, fails ? "" : ", only a warning"),
    element("p", { class: "text" }, said(reason)),
    saved(finding),
    places(finding, exchanges),
    details.length ? element("pre", { class: "raw table", tabindex: 0, role: "group", "aria-label": "Details" }, details.join("\n")) : null,
    element("p", {}, element("strong", {}, "Repair: "), said(repair.words)),
    snippet(repair, id),
    practice ? element("blockquote", { class: "practice" }, element("span", { class: "quiet" }, "Smallest AI: "), said(practice)) : null,
  );
}

/** Return what a repaired client would have saved, or null. */
function saved({ savings, seconds: waited }) {
  const tokens = savings.reduce((sum, saving) => sum + saving.tokens, 0);
  const parts = [tokens ? counted(tokens, "token") : "", waited ? `${seconds(waited)} that users waited` : ""].filter(Boolean);
  return parts.length ? element("p", {}, element("strong", {}, "Avoidable: "), parts.join(" and ")) : null;
}

/** Return the exchanges of a finding, each as a button. */
function places({ id, exchanges: numbers }, exchanges) {
  if (!numbers.length) return null;
  const more = numbers.length - MOST_SHOWN;
  const shown = numbers.slice(0, MOST_SHOWN).map((number) => element("li", {}, place(number, id, exchanges)));
  if (more > 0) shown.push(element("li", { class: "quiet" }, `and ${more.toLocaleString("en")} more`));
  return element("ul", { class: "places", "aria-label": "Exchanges" }, shown);
}

function place(number, id, exchanges) {
  if (!exchanges.has(number)) return element("span", { class: "quiet", title: "not in this file" }, `#${number}`);
  const open = (event) => exchanges.open(number, event.detail === 0); // 0: no click of a mouse
  return element("button", { type: "button", "data-key": `${id} ${number}`, "aria-label": `Open exchange #${number}`, onclick: open }, `#${number}`);
}

function snippet({ snippet: code, language }, id) {
  if (!code) return null;
  const text = element("pre", { class: "raw", tabindex: 0, role: "group", "aria-label": `Repair in ${language}` }, code);
  return element("div", { class: "snippet" }, text, copying(text, "Copy the repair", `copy ${id}`));
}
