// Draw parts again without disturbing a reader: what has not changed keeps its focus and selection.

import { fill } from "./dom.js";

/** The elements of each box, by the JSON of what they show. */
const drawn = new WeakMap();

/**
 * Fill a box with an element for each part. An element is made anew only if its part has changed.
 * What has the focus, or else what has the same `data-key` then, has it afterwards.
 */
export function redraw(box, parts, make) {
  const known = drawn.get(box) ?? new Map();
  const next = new Map(parts.map((part) => [JSON.stringify(part), part]));
  for (const [key, part] of next) next.set(key, known.get(key) ?? make(part));
  drawn.set(box, next);
  const nodes = [...next.values()];
  const isSame = nodes.length === box.children.length && nodes.every((node, at) => node === box.children[at]);
  if (!isSame) keepFocus(box, () => fill(box, nodes));
}

/** Remove what a box has. */
export function erase(box) {
  drawn.delete(box);
  fill(box);
}

function keepFocus(box, change) {
  const focused = box.contains(document.activeElement) ? document.activeElement : null;
  change();
  if (!focused) return;
  const alike = (one) => one.dataset.key === focused.dataset.key;
  const next = focused.isConnected ? focused : [...box.querySelectorAll("[data-key]")].find(alike);
  next?.focus({ preventScroll: true });
}
