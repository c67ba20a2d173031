// The state of a lane, and what can be done with it.

import { element, fill, said } from "./dom.js";
import { described } from "./selection.js";
import { asTyped, explained } from "./setting_text.js";
import { inText, scriptOf } from "./step_text.js";
import { counted, refusal } from "./words.js";

const FORMATS = { har: "HAR", jsonl: "JSON lines", script: "Script" };
/** What a reset does to each part. The ones that lose something are asked about. */
const PARTS = {
  everything: "Forget all exchanges of this lane, remove its faults, and return its script, settings and clock to their start?",
  script: "Remove the steps that were added to this lane, and begin its script anew?",
  exchanges: "Forget all exchanges of this lane, and count repeated requests anew?",
  journal: "Forget all exchanges of this lane?",
  limits: "",
  cache: "",
  faults: "Remove all faults of this lane?",
  occurrences: "",
  clock: "",
  settings: "Return the settings of this lane to those at its start?",
};
const STEP = "when: {says: weather}\nreply: It is 31 °C.";
const FAULT = '{"cut": {"after": 3}}';
const FAULT_FORMS = 'A name such as reset, 503 for {"fail": 503}, or JSON.';

export class LanePanel {
  /**
   * @param box Where it is drawn.
   * @param lane The data: `state()`, `change(method, path, body)`, `download(format)`, `isLive`.
   */
  constructor(box, lane) {
    this.box = box;
    this.lane = lane;
    this.message = element("p", { class: "notice", role: "status", hidden: true });
    this.parts = { facts: element("dl", { class: "facts" }), steps: element("ol", { class: "steps" }), faults: element("ul", { class: "steps" }) };
    const { facts, steps, faults } = this.parts;
    const panels = lane.isLive
      ? [
          section("Now", facts),
          section("Script", steps, this.stepForm()),
          section("Faults", faults, this.faultForm()),
          section("Clock, plan and pace", this.clockForm(), this.settingForm("plan", "plans"), this.settingForm("pace", "paces")),
          section("Reset", this.resetForm()),
          section("Download", this.downloads()),
        ]
      : [section("At the end", facts), section("Script", steps), section("Faults", faults)];
    this.panels = element("fieldset", { class: "panels" }, panels);
    fill(box, this.message, this.panels);
    this.clear();
  }

  /** Forget the state and what was said: the lane is another one, or it is not open. */
  clear() {
    this.hush();
    for (const part of Object.values(this.parts)) fill(part);
    this.links?.forEach(([link]) => link.removeAttribute("href"));
    this.panels.disabled = true;
  }

  async refresh() {
    this.draw(await this.lane.state());
  }

  draw(state) {
    this.panels.disabled = false;
    const { clock, settings } = state;
    const facts = {
      URL: state.base_url,
      Clock: `${new Date(clock.now * 1000).toISOString()} (${clock.mode})`,
      Plan: explained(settings.plan),
      Pace: explained(settings.pace),
      "In flight": state.in_flight === null ? null : `${state.in_flight} (at most ${state.peak_in_flight})`,
      Exchanges: `${state.exchanges} (${state.dropped} dropped)`,
      "Not scripted": counted(state.unscripted.length, "request"),
    };
    const known = Object.entries(facts).filter(([, value]) => value !== null);
    fill(this.parts.facts, known.flatMap(([name, value]) => [element("dt", {}, name), element("dd", {}, said(value))]));
    fillOr(this.parts.steps, state.steps, (step) => this.step(step), "No steps: the pocket model answers.");
    fillOr(this.parts.faults, state.faults, (fault) => this.fault(fault), "No faults.");
    for (const [name, input] of Object.entries(this.inputs ?? {})) input.placeholder = asTyped(settings[name]);
    this.links?.forEach(([link, format]) => link.setAttribute("href", this.lane.download(format)));
  }

  step(step) {
    const uses = step.left === null ? `used ${counted(step.used, "time")}` : `${step.left} of ${step.times} left`;
    return element("li", {}, described(`${step.number}. ${step.summary}`, uses, step.conditions), this.remove(`step ${step.number}`, `/steps/${step.number}`));
  }

  fault(fault) {
    const applied = `applied ${counted(fault.applied, "time")}${fault.note ? `: ${fault.note}` : ""}`;
    const counts = ["times", "every", "rate"].filter((name) => fault[name] !== null).map((name) => `${name}=${fault[name]}`);
    return element("li", {}, described(`#${fault.id} ${inWords(fault.fault)}`, applied, fault.conditions, counts), this.remove(`fault #${fault.id}`, `/faults/${fault.id}`));
  }

  remove(name, path) {
    if (!this.lane.isLive) return null;
    return element("button", { type: "button", "aria-label": `Remove ${name}`, onclick: () => this.act("DELETE", path, undefined, `Removed ${name}`) }, "Remove");
  }

  /**
   * Change the lane, and say how it went.
   * @param words What to say, or a function that takes the answer and returns it.
   * @param placed Takes a problem, and returns it with its place in what was typed.
   */
  async act(method, path, body, words, placed = (problem) => problem) {
    try {
      const answer = await this.lane.change(method, path, body);
      this.say(typeof words === "string" ? words : words(answer), false);
    } catch (refused) {
      this.say(refusal(refused, placed), true);
      return false;
    }
    await this.refresh().catch((refused) => this.say(refusal(refused), true));
    return true;
  }

  say(words, isBad) {
    this.message.hidden = false;
    this.message.classList.toggle("bad", isBad);
    this.message.textContent = words;
  }

  /** Hide what was said about an earlier use of a form. */
  hush() {
    this.message.hidden = true;
    this.message.textContent = "";
  }

  form(label, input, action, onSubmit) {
    const submit = async (event) => {
      event.preventDefault();
      this.hush();
      const given = input.value;
      try {
        const isDone = await onSubmit(given);
        const isSame = input.value === given; // else something else was typed meanwhile
        if (isDone && isSame && input.tagName !== "SELECT") input.value = "";
      } catch (wrong) {
        this.say(refusal(wrong), true);
      }
    };
    return element("form", { onsubmit: submit, oninput: () => this.hush() }, element("label", {}, label, input), element("button", {}, action));
  }

  stepForm() {
    const input = element("textarea", { rows: 3, placeholder: STEP, required: true, spellcheck: "false" });
    return this.form("Step, in YAML or JSON", input, "Add step", (text) => {
      const { script, above } = scriptOf(text);
      return this.act("POST", "/steps", { script }, added, (problem) => inText(problem, above));
    });
  }

  faultForm() {
    const input = element("input", { placeholder: FAULT, required: true, "aria-describedby": "fault-forms" });
    const form = this.form("For the next request", input, "Inject fault", (text) => {
      const given = parsed(text);
      const fault = typeof given === "number" ? { fail: given } : given;
      return this.act("POST", "/faults", { fault }, "Injected the fault");
    });
    return [form, element("p", { class: "quiet", id: "fault-forms" }, FAULT_FORMS)];
  }

  clockForm() {
    const input = element("input", { type: "number", min: 0, step: "any", required: true, placeholder: "60" });
    return this.form("Seconds", input, "Advance the clock", (text) =>
      this.act("POST", "/clock/advance", { seconds: Number(text) }, `Advanced the clock by ${text} s`),
    );
  }

  settingForm(name, list) {
    const input = element("input", { list, required: true });
    this.inputs = { ...this.inputs, [name]: input };
    return this.form(name[0].toUpperCase() + name.slice(1), input, `Set the ${name}`, (text) =>
      this.act("PATCH", "/settings", { [name]: parsed(text) }, `Set the ${name}`),
    );
  }

  resetForm() {
    const input = element("select", {}, Object.keys(PARTS).map((part) => element("option", { value: part }, part)));
    return this.form("What", input, "Reset", (part) => {
      const body = part === "everything" ? {} : { only: [part] };
      if (PARTS[part] && !confirm(PARTS[part])) return false;
      return this.act("POST", "/reset", body, `Reset ${part}`);
    });
  }

  downloads() {
    this.links = Object.keys(FORMATS).map((format) => [element("a", { download: "" }, FORMATS[format]), format]);
    return element("p", { class: "downloads" }, this.links.map(([link]) => link));
  }
}

const section = (title, ...children) => element("section", { class: "panel" }, element("h2", {}, title), children.flat());

/** Fill a list, or say that there is nothing; null if that is not known. */
function fillOr(box, entries, make, none) {
  if (entries?.length) return fill(box, entries.map(make));
  return fill(box, element("li", { class: "quiet" }, entries ? none : "A journal does not have them."));
}

/** Return that steps were added, and the warnings about them. */
function added({ steps, warnings }) {
  const words = steps.length === 1 ? "Added the step" : `Added ${counted(steps.length, "step")}`;
  return [words, ...warnings].join("\n");
}

const inWords = (value) => (typeof value === "string" ? value : JSON.stringify(value));

/** How a text begins that is not a name. */
const JSON_BEGINS = /^\s*[{["]/;

/** Return a JSON value, or the text itself if it is a name. */
function parsed(text) {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (JSON_BEGINS.test(text)) throw new Error(`invalid JSON: ${error.message}`);
    return text.trim();
  }
}
