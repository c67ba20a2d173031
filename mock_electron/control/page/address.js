// What is shown, as the URL says it: `?lane=a&filter=status%3D503&exchange=5&tab=why&view=list`.

import { source } from "./api.js";

const DEFAULTS = { lane: "default", filter: "", exchange: null, tab: "messages", view: source.firstView };

/** The views for which there is something to show. */
export const VIEWS = source.views;

/** Return what the URL asks for. A view that does not exist is the list. */
export function read() {
  const query = new URLSearchParams(location.search);
  const shown = { ...DEFAULTS };
  for (const name of Object.keys(DEFAULTS)) {
    if (query.has(name)) shown[name] = query.get(name);
  }
  if (!VIEWS.includes(shown.view)) shown.view = DEFAULTS.view;
  shown.exchange = /^\d+$/.test(shown.exchange ?? "") ? Number(shown.exchange) : null;
  return shown;
}

/** Write what is shown into the URL; as a new entry of the history if `isStep`. */
export function write(shown, isStep) {
  const query = new URLSearchParams();
  for (const [name, usual] of Object.entries(DEFAULTS)) {
    if (shown[name] !== usual) query.set(name, shown[name]);
  }
  const address = `${location.pathname}${query.size ? `?${query}` : ""}`;
  try {
    history[isStep ? "pushState" : "replaceState"](null, "", address);
  } catch {
    // a browser may forbid it for a page that is a file
  }
}

/** A word of a filter: `name=value`, `name="a value"`, or a word to search for. */
const WORD = /([\w-]+)=(?:"([^"]*)"|(\S*))|(\S+)/g;

/**
 * Return the conditions in the words of a filter, such as `says="It is" status=503`.
 * Words without a name are searched anywhere in the request.
 */
export function conditions(filter) {
  const found = {};
  const loose = [];
  for (const [, name, quoted, plain, word] of filter.matchAll(WORD)) {
    if (name) found[name] = quoted ?? plain;
    else loose.push(word.replaceAll('"', ""));
  }
  if (loose.length) found.anywhere = loose.join(" ");
  return found;
}

/** Return what is wrong with the form of a filter, in a sentence, or "". */
export function mistake(filter) {
  const words = [...filter.matchAll(WORD)];
  const open = words.find(([, name, , plain]) => name && plain?.startsWith('"'));
  const quotes = words.map(([, , , , word]) => word ?? "").join("").split('"').length - 1;
  if (!open && quotes % 2 === 0) return "";
  return `${open ? `${open[1]}: ` : ""}a quotation mark is not closed`;
}

/** Return a filter with a condition instead of others of that name; without it, if it has it already. */
export function toggled(filter, name, value) {
  const kept = [...filter.matchAll(WORD)].filter((word) => word[1] !== name).map(([text]) => text);
  if (conditions(filter)[name] === value) return kept.join(" ");
  return [...kept, `${name}=${/\s/.test(value) ? `"${value}"` : value}`].join(" ");
}
