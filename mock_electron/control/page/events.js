// Follow a lane: the server says what changed, and the page asks for it at most a few times a second.

const LEAST = 400;
/** How many times as long as the last refresh took the page waits for the next one. */
const REST = 24;
const MOST = 3000;

/**
 * Call `refresh(kinds)` after changes, never twice at the same time, and seldom enough to leave the
 * server its time for chat requests.
 */
export class Refresher {
  constructor(refresh) {
    this.refresh = refresh;
    this.kinds = new Set();
    this.earliest = 0;
    this.timer = null;
    this.isBusy = false;
  }

  /** Note a change. With `isUrgent`, a person waits for it. */
  note(kind, isUrgent = false) {
    this.kinds.add(kind);
    if (isUrgent) this.earliest = 0;
    if (this.isBusy || (this.timer !== null && !isUrgent)) return;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.run(), Math.max(this.earliest - performance.now(), 0));
  }

  async run() {
    this.timer = null;
    this.isBusy = true;
    const kinds = this.kinds;
    this.kinds = new Set();
    const began = performance.now();
    try {
      await this.refresh(kinds);
    } finally {
      const now = performance.now();
      this.earliest = now + Math.min(Math.max(LEAST, REST * (now - began)), MOST);
      this.isBusy = false;
      if (this.kinds.size) this.note([...this.kinds][0]);
    }
  }
}

/** The kinds of events. Of each, the server sends the latest one four times a second. */
const KINDS = ["exchange", "ended", "settings", "steps", "faults", "clock", "reset", "barge_in", "opened", "closed", "lost"];

/** Follow the events of a lane. Return a function that stops. */
export function follow(stream, onChange, onState) {
  for (const kind of KINDS) stream.addEventListener(kind, () => onChange(kind));
  stream.addEventListener("hello", () => {
    onState("Live");
    onChange("hello");
  });
  stream.addEventListener("error", () => onState(stream.readyState === EventSource.CLOSED ? "Not live" : "Disconnected"));
  return () => stream.close();
}
