// Elements. Texts become text nodes, so that nothing from a request is ever read as HTML.

/** Return an element. `properties` are attributes, or handlers whose names begin with "on". */
export function element(name, properties = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(properties)) {
    if (value === undefined || value === null || value === false) continue;
    if (key.startsWith("on")) made.addEventListener(key.slice(2), value);
    else made.setAttribute(key, value === true ? "" : value);
  }
  made.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return made;
}

/** Return a text whose direction follows from its own characters. */
export function said(text, className) {
  return element("bdi", { class: className }, text);
}

/** Give each cell in a box the whole of its text as a tooltip while it is cut off. */
export function tellCut(box, cells) {
  box.addEventListener("pointerover", (event) => {
    const cell = event.target.closest(cells);
    const isCut = (node) => node.scrollWidth > node.clientWidth;
    if (cell) cell.title = [cell, ...cell.children].some(isCut) ? cell.textContent : "";
  });
}

/** Replace what an element contains. */
export function fill(parent, ...children) {
  parent.replaceChildren(...children.flat().filter((child) => child !== null && child !== undefined));
  return parent;
}

/**
 * Make the buttons in a box one stop of the Tab key, between which the arrow keys move. Return a
 * function to call after the buttons have changed.
 */
export function roving(box) {
  const steps = { ArrowDown: 1, ArrowUp: -1 };
  box.addEventListener("keydown", (event) => {
    if (!steps[event.key]) return;
    event.preventDefault();
    const buttons = [...box.querySelectorAll("button")];
    const next = buttons[buttons.indexOf(document.activeElement) + steps[event.key]];
    if (!next) return;
    document.activeElement.tabIndex = -1;
    next.tabIndex = 0;
    next.focus();
  });
  return () => {
    if (!box.querySelector("button[tabindex='0']")) box.querySelector("button")?.setAttribute("tabindex", "0");
  };
}

/** Return a button that copies the text of an element, and says so. */
export function copying(source, words, key) {
  const button = element("button", { type: "button", "data-key": key }, words);
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(source.textContent);
      button.textContent = "Copied";
    } catch {
      getSelection().selectAllChildren(source);
      button.textContent = "Selected; press Ctrl+C";
    }
    setTimeout(() => (button.textContent = words), 2000);
  });
  return button;
}

export const byId = (id) => document.getElementById(id);

/** Make a list of buttons a tab list. The arrow keys move between the tabs. */
export function tabList(list, onChosen) {
  const tabs = [...list.querySelectorAll("[role=tab]")];
  const choose = (tab) => {
    for (const one of tabs) {
      one.setAttribute("aria-selected", String(one === tab));
      one.tabIndex = one === tab ? 0 : -1;
    }
    tab.scrollIntoView({ block: "nearest", inline: "nearest" });
  };
  const steps = { ArrowRight: 1, ArrowLeft: -1 };
  for (const tab of tabs) {
    tab.addEventListener("click", () => onChosen(tab));
  }
  list.addEventListener("keydown", (event) => {
    const step = steps[event.key];
    if (!step) return;
    event.preventDefault();
    const at = tabs.indexOf(document.activeElement);
    const next = tabs[(at + step + tabs.length) % tabs.length];
    next.focus();
    onChosen(next);
  });
  return choose;
}
