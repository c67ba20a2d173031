// Filters in one click: each button adds a condition to the filter, or takes it away.

import { conditions, toggled } from "./address.js";
import { element, fill } from "./dom.js";

const QUICK = { "Too early": ["too_early", "true"], "Client left": ["outcome", "client left"], Refused: ["outcome", "refused"] };

/**
 * Draw the buttons into a box. Return a function that marks those whose condition a filter has.
 * @param onChange Called with the function from the filter to the new one.
 */
export function quickFilters(box, onChange) {
  const buttons = Object.entries(QUICK).map(([title, [name, value]]) => {
    const button = element("button", { type: "button", class: "quick" }, title);
    button.addEventListener("click", () => onChange((filter) => toggled(filter, name, value)));
    return [button, name, value];
  });
  fill(box, buttons.map(([button]) => button));
  return (filter) => {
    const given = conditions(filter);
    for (const [button, name, value] of buttons) button.setAttribute("aria-pressed", String(given[name] === value));
  };
}
