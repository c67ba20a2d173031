// A step or a fault: what it does, how often it did, and for which requests.

import { element, said } from "./dom.js";

/**
 * Return two lines about a step or a fault.
 * @param title What it does.
 * @param uses How often it did.
 * @param conditions What a request must be like, as texts.
 * @param limits For how many of those requests, as texts.
 */
export function described(title, uses, conditions, limits = []) {
  const wanted = [...listed("when", conditions), ...listed("with", limits)];
  return element(
    "div",
    {},
    element("p", {}, said(title), element("small", {}, ` ${uses}`)),
    element("p", { class: "when" }, ...(wanted.length ? wanted : ["for every request"])),
  );
}

const listed = (word, texts) => (texts.length ? [`${word} `, ...texts.flatMap((text) => [element("code", {}, said(text)), " "])] : []);
