// The inspector: what a lane was asked, and what it answered.

import { VIEWS, conditions, mistake, read, write } from "./address.js";
import { Refused, source } from "./api.js";
import { AuditView } from "./audit.js";
import { Connection, isGone } from "./connection.js";
import { byId, element, fill, tabList } from "./dom.js";
import { emptiness } from "./emptiness.js";
import { Refresher, follow } from "./events.js";
import { ExchangePane } from "./exchange.js";
import { LanePanel } from "./lane.js";
import { List } from "./list.js";
import { Prefixes } from "./prefixes.js";
import { quickFilters } from "./quick.js";
import { Timeline } from "./timeline.js";
import { counted, leftOut, refusal } from "./words.js";

/** The views that show the exchanges which the filter selects. */
const FILTERED = new Set(["list", "timeline"]);

/** For how many milliseconds at most the page rests, if not three seconds: what reads all exchanges costs the server most. */
const RESTS = { audit: 30_000, timeline: 10_000 };

const QUIET_KINDS = new Set(["exchange", "ended", "lost"]);

let shown = read();
let stop = () => {};
/** Aborted when another view or lane is chosen: nobody waits for a long audit that is not shown. */
let leaving = new AbortController();
/** What had the focus when an exchange was opened. */
let opener = null;
/** The status with which the server refused the last refresh; null if it accepted it, 0 if it did not respond. */
let refusedWith = null;

const connection = new Connection(byId("connection"));
const prefixes = new Prefixes();
const rows = async (page) => {
  const { lane, filter } = shown;
  const wrong = mistake(filter);
  if (wrong) throw new Refused(422, wrong);
  const read = await source.rows(lane, conditions(filter), page);
  if (lane !== shown.lane) return read;
  if (!filter) prefixes.note(read.rows);
  return { ...read, rows: read.rows.map((row) => prefixes.marked(row)) };
};
const turns = (from, to) => whileShown((lane, signal) => source.turns(lane, from, to, signal));
const list = new List(rows, openChosen, movedInList);
const timeline = new Timeline(byId("timeline-view"), rows, turns, (number) => openChosen(number, false), nothing);
const audit = new AuditView(byId("audit-view"), () => whileShown(source.audit), { has: (number) => source.has(shown.lane, number), open: openChosen }, nothing);
const panel = new LanePanel(byId("lane-view"), {
  isLive: source.isLive,
  state: () => source.lane(shown.lane),
  change: (...change) => source.change(change[0], shown.lane, ...change.slice(1)),
  download: (format) => source.download(shown.lane, format, conditions(shown.filter)),
});
const pane = new ExchangePane((number) => source.exchange(shown.lane, number), {
  close,
  open,
  tab: (tab) => {
    shown.tab = tab;
    write(shown);
    const focus = () => byId(`exchange-${tab}`)?.focus();
    return pane.show(tab).then(focus, (refused) => problem(refusal(refused)));
  },
});
const refresher = new Refresher(refresh);
const markQuick = quickFilters(byId("quick"), (change) => {
  byId("filter").value = change(shown.filter);
  changeFilter();
});
for (const tab of byId("views").querySelectorAll("[role=tab]")) if (!VIEWS.includes(viewOf(tab))) tab.remove();
const chooseView = tabList(byId("views"), (tab) => {
  shown.view = viewOf(tab);
  write(shown);
  leave();
  showView();
  refresher.note("view", true);
});

// --- what is shown

function viewOf(tab) {
  return tab.id.replace("tab-", "");
}

async function refresh(kinds) {
  if (document.hidden) return;
  if (kinds.has("reset")) prefixes.clear();
  try {
    if (shown.view === "list") count(await list.refresh());
    if (shown.view === "timeline") count(await timeline.refresh());
    if (shown.view === "audit") await audit.refresh();
    if (shown.view === "lane") await panel.refresh();
    if (pane.number !== null && pane.exchange?.outcome === "in flight") await pane.open(pane.number, shown.tab);
    if (FILTERED.has(shown.view) || refusedWith !== 422) {
      refusedWith = null;
      problem("");
    }
  } catch (refused) {
    refusedWith = refused.status;
    if (refused.status) forget(); // else the server does not answer, and what is shown may still be right
    if (isGone(refused.status)) empty();
    problem(refusal(refused, ({ path, message }) => ({ path: path.replace(/^where\./, ""), message })));
  }
  if (source.isLive) connection.show(refusedWith);
  if ([...kinds].some((kind) => !QUIET_KINDS.has(kind))) await showLanes();
  return RESTS[shown.view];
}

/** Return what is asked about the lane that is shown; null if something else was chosen meanwhile. */
async function whileShown(ask) {
  const { signal } = leaving;
  return ask(shown.lane, signal).catch((refused) => {
    if (signal.aborted) return null;
    throw refused;
  });
}

/** Show no exchange, and no count. */
function forget() {
  list.clear();
  timeline.clear();
  audit.clear();
  byId("count").textContent = "";
  byId("nothing").hidden = true;
}

/** Show nothing of a lane that is not open. */
function empty() {
  panel.clear();
  byId("exchanges").classList.add("empty");
}

function count(read) {
  const chosen = shown.filter ? `${read.selected.toLocaleString("en")} of ` : "";
  const dropped = read.dropped ? `, ${read.dropped.toLocaleString("en")} older ones dropped` : "";
  byId("count").textContent = `${chosen}${counted(read.recorded, "exchange")}${dropped}${leftOut(read)}`;
  byId("nothing").hidden = read.selected > 0;
  byId("exchanges").classList.toggle("empty", read.selected === 0);
  if (!read.selected) fill(byId("nothing"), nothing(read));
}

function nothing(read) {
  return emptiness(read, shown.lane, byId("lane").options.length < 2);
}

function problem(words) {
  const box = byId("problem");
  if (box.textContent !== words) box.textContent = words;
  box.hidden = !words;
  byId("filter").setAttribute("aria-invalid", String(Boolean(words && shown.filter)));
}

function leave() {
  leaving.abort();
  leaving = new AbortController();
}

function showView() {
  for (const view of VIEWS) byId(`${view}-view`).hidden = view !== shown.view;
  chooseView(byId(`tab-${shown.view}`));
}

async function showLanes() {
  const names = await source.lanes().catch(() => [shown.lane]);
  const isOpen = names.includes(shown.lane);
  if (!isOpen && source.isLive) names.push(shown.lane);
  else if (!isOpen) [shown.lane] = names;
  const titles = names.map((name) => (isOpen || name !== shown.lane ? name : `${name} (not open)`));
  const known = [...byId("lane").options].map((option) => option.text);
  if (String(known) !== String(titles)) {
    fill(byId("lane"), names.map((name, at) => element("option", { value: name }, titles[at])));
  }
  byId("lane").value = shown.lane;
  if (source.isLive) document.title = `${shown.lane} – mock-electron`;
}

// --- one exchange

async function open(number) {
  const isOther = shown.exchange !== number;
  shown.exchange = number;
  if (isOther) write(shown, true);
  await showExchange();
}

/** Open an exchange. If a key did that, the keys then work in the exchange. */
function openChosen(number, byKey) {
  opener = document.activeElement;
  open(number).then(() => byKey && pane.focus());
}

function movedInList(number) {
  if (shown.exchange === null) return;
  shown.exchange = number;
  write(shown);
  showExchange();
}

async function showExchange() {
  document.body.classList.toggle("has-exchange", shown.exchange !== null);
  list.open(shown.exchange);
  if (shown.exchange === null) return pane.close();
  try {
    await pane.open(shown.exchange, shown.tab);
  } catch (refused) {
    problem(refusal(refused));
  }
}

function close() {
  if (shown.exchange === null) return;
  shown.exchange = null;
  write(shown, true);
  showExchange();
  if (shown.view === "list") byId("exchanges").focus();
  else if (opener?.isConnected) opener.focus();
}

// --- lane and filter

function changeLane() {
  shown = { ...shown, lane: byId("lane").value, exchange: null };
  write(shown, true);
  begin();
}

function changeFilter() {
  const filter = byId("filter").value.trim();
  if (filter === shown.filter) return;
  shown.filter = filter;
  refusedWith = null;
  markQuick(filter);
  write(shown);
  forget();
  refresher.note("filter", true);
}

/** Show what the URL says, from the beginning. */
function begin() {
  stop();
  leave();
  refusedWith = null;
  prefixes.clear();
  forget();
  panel.clear();
  byId("filter").value = shown.filter;
  markQuick(shown.filter);
  showView();
  showExchange();
  showLanes();
  const { lane } = shown;
  if (source.isLive) stop = follow(() => source.events(lane), (kind) => refresher.note(kind, kind === "closed" || isGone(refusedWith)), (words) => connection.note(words, refusedWith));
  else connection.showFile();
  byId("follow").closest("label").hidden = !source.isLive;
  refresher.note("lane", true);
}

function keyed(event) {
  const isTyping = /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName);
  if (event.key === "Escape") {
    if (event.target === byId("filter")) byId("exchanges").focus();
    else if (!isTyping) close();
  } else if (event.key === "/" && !isTyping) {
    event.preventDefault();
    byId("filter").focus();
  }
}

let typing;
byId("filter").addEventListener("input", () => {
  clearTimeout(typing);
  typing = setTimeout(changeFilter, 250);
});
byId("filter-form").addEventListener("submit", (event) => {
  event.preventDefault();
  changeFilter();
});
byId("lane").addEventListener("change", changeLane);
byId("lane").addEventListener("pointerenter", showLanes);
byId("lane").addEventListener("focus", showLanes);
document.addEventListener("keydown", keyed);
document.addEventListener("visibilitychange", () => refresher.note("visible", true));
addEventListener("popstate", () => {
  const before = shown;
  shown = read();
  if (before.lane !== shown.lane || before.filter !== shown.filter) return begin();
  leave();
  showView();
  showExchange();
  refresher.note("view", true);
});
begin();
