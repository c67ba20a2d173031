// The list of exchanges. Only the visible rows are in the document, and only they are asked for.

import { byId, element, fill, tellCut } from "./dom.js";
import { cells, columns, rowKey } from "./row.js";

const SPARE = 3;
const JUMPS = { ArrowDown: 1, ArrowUp: -1, Home: -Infinity, End: Infinity };

export class List {
  /**
   * @param ask Returns the rows of a page: `{rows, offset, selected}`.
   * @param onOpen Called with the number of an exchange that is opened.
   * @param onMove Called with the number of the exchange that is selected by keys.
   */
  constructor(ask, onOpen, onMove) {
    Object.assign(this, { ask, onOpen, onMove });
    this.box = byId("exchanges");
    this.follow = byId("follow");
    this.space = element("div", { class: "space", role: "presentation" });
    this.head = element("div", { class: "row head", role: "row", "aria-rowindex": 1 }, columns());
    this.rowgroup = element("div", { class: "rows", role: "rowgroup" });
    this.space.append(this.rowgroup);
    fill(this.box, element("div", { role: "rowgroup", class: "head-group" }, this.head), this.space);
    this.shown = new Map();
    this.clear();
    this.box.addEventListener("scroll", () => this.scrolled());
    this.box.addEventListener("keydown", (event) => this.keyed(event));
    this.box.addEventListener("click", (event) => this.clicked(event));
    tellCut(this.box, "[role=gridcell]");
    this.follow.addEventListener("change", () => this.follow.checked && this.toEnd());
    new ResizeObserver(() => this.resized()).observe(this.box);
  }

  /** Forget all rows. */
  clear() {
    this.rows = [];
    this.offset = 0;
    this.size = 0;
    this.active = null;
    this.opened = null;
    this.isAsking = false;
    this.generation = (this.generation ?? 0) + 1;
    this.draw();
  }

  get rowHeight() {
    return parseFloat(getComputedStyle(this.box).getPropertyValue("--row")) || 34;
  }

  get visible() {
    return Math.max(Math.ceil(this.box.clientHeight / this.rowHeight), 1);
  }

  get first() {
    return Math.floor(this.box.scrollTop / this.rowHeight);
  }

  /** Ask for the rows that are visible: the latest ones, or those at the place of the reader. */
  async refresh() {
    const generation = this.generation;
    const isAtEnd = this.follow.checked;
    const limit = this.visible + 2 * SPARE;
    const page = isAtEnd ? { limit } : { offset: Math.max(this.first - SPARE, 0), limit };
    const read = await this.ask(page);
    if (generation !== this.generation) return read;
    this.rows = read.rows;
    this.offset = read.offset;
    this.size = read.selected;
    this.draw();
    if (isAtEnd) this.toEnd();
    return read;
  }

  /** Ask for the rows at the place to which the reader has scrolled, one page at a time. */
  async fetchVisible() {
    if (this.isAsking) return;
    this.isAsking = true;
    const generation = this.generation;
    while (!this.hasVisible() && generation === this.generation) {
      const limit = this.visible + 2 * SPARE;
      const wanted = Math.max(Math.min(this.first - SPARE, this.size - limit), 0);
      try {
        const read = await this.ask({ offset: wanted, limit });
        if (generation !== this.generation) break;
        Object.assign(this, { rows: read.rows, offset: read.offset, size: read.selected });
      } catch {
        break; // the next refresh says why
      }
      this.draw();
      if (this.offset !== wanted) break;
    }
    this.isAsking = false;
  }

  hasVisible() {
    const last = Math.min(this.first + this.visible, this.size);
    return this.first >= this.offset && last <= this.offset + this.rows.length;
  }

  at(index) {
    return this.rows[index - this.offset];
  }

  draw() {
    const height = this.rowHeight;
    const begin = Math.max(this.first - SPARE, 0);
    const end = Math.min(this.first + this.visible + SPARE, this.size);
    this.space.style.height = `${this.size * height}px`;
    this.box.setAttribute("aria-rowcount", this.size + 1);
    for (const [index, drawn] of this.shown) {
      if (index < begin || index >= end) {
        drawn.node.remove();
        this.shown.delete(index);
      }
    }
    for (let index = begin; index < end; index += 1) this.drawRow(index, height);
    this.mark();
  }

  drawRow(index, height) {
    const row = this.at(index);
    const key = row ? rowKey(row) : "";
    const before = this.shown.get(index);
    if (before && before.key === key) return;
    const node = element(
      "div",
      { class: `row${row ? "" : " waiting"}`, role: "row", id: `row-${index}`, "aria-rowindex": index + 2 },
      row ? cells(row) : element("span", { role: "gridcell", "aria-label": "not loaded yet" }),
    );
    node.style.top = `${index * height}px`;
    if (before) before.node.replaceWith(node);
    else this.rowgroup.append(node);
    this.shown.set(index, { node, key });
  }

  /** Show which row is selected, and which exchange is open. */
  mark() {
    for (const [index, { node }] of this.shown) {
      const row = this.at(index);
      node.classList.toggle("active", index === this.active);
      node.setAttribute("aria-selected", String(row !== undefined && row.number === this.opened));
    }
    if (this.shown.has(this.active)) this.box.setAttribute("aria-activedescendant", `row-${this.active}`);
    else this.box.removeAttribute("aria-activedescendant");
  }

  /** Note which exchange is open; null for none. */
  open(number) {
    this.opened = number;
    if (number !== null) {
      const at = this.rows.findIndex((row) => row.number === number);
      if (at >= 0) this.active = this.offset + at;
    }
    this.mark();
  }

  toEnd() {
    this.box.scrollTop = this.box.scrollHeight;
  }

  scrolled() {
    const isAtEnd = this.box.scrollTop + this.box.clientHeight >= this.size * this.rowHeight - 2;
    const isFull = this.size * this.rowHeight > this.box.clientHeight;
    if (isFull && this.lastTop !== undefined && this.box.scrollTop < this.lastTop) this.follow.checked = isAtEnd;
    this.lastTop = this.box.scrollTop;
    this.draw();
    if (!this.hasVisible()) {
      clearTimeout(this.pause);
      this.pause = setTimeout(() => this.fetchVisible(), 60);
    }
  }

  resized() {
    for (const { node } of this.shown.values()) node.remove();
    this.shown.clear();
    this.draw();
    if (this.follow.checked) this.toEnd();
    if (!this.hasVisible()) this.fetchVisible();
  }

  clicked(event) {
    const node = event.target.closest("[role=row]");
    const index = [...this.shown].find(([, drawn]) => drawn.node === node)?.[0];
    const row = index === undefined ? undefined : this.at(index);
    if (!row) return;
    this.active = index;
    this.onOpen(row.number);
  }

  keyed(event) {
    if (event.target !== this.box || event.ctrlKey || event.metaKey || event.altKey) return;
    const page = { PageDown: this.visible - 1, PageUp: 1 - this.visible };
    const jump = JUMPS[event.key] ?? page[event.key];
    if (event.key === "Enter" && this.at(this.active)) {
      event.preventDefault();
      this.onOpen(this.at(this.active).number, true);
    } else if (jump && this.size) {
      event.preventDefault();
      this.move(jump);
    }
  }

  /** Select another row, and scroll so that it is visible. */
  move(jump) {
    const start = this.active ?? (jump > 0 ? this.first - 1 : this.size);
    this.active = Math.max(0, Math.min(start + jump, this.size - 1));
    this.follow.checked = this.active === this.size - 1;
    const height = this.rowHeight;
    const room = this.box.clientHeight - this.head.offsetHeight - height;
    const top = this.active * height;
    if (top < this.box.scrollTop) this.box.scrollTop = top;
    else if (top > this.box.scrollTop + room) this.box.scrollTop = top - room;
    this.draw();
    const row = this.at(this.active);
    if (row) this.onMove(row.number);
  }
}
