// Follow a lane: the server says what changed, and the page asks for it at most a few times a second.

const LEAST = 400;
/** How many times as long as the last refresh took the page waits for the next one. */
const REST = 24;
const MOST = 3000;

/**
 * Call `refresh(kinds)` after changes, never twice at the same time, and seldom enough to leave the
 * server its time for chat requests. `refresh` may return for how many milliseconds at most to rest.
 */
export class Refresher {
  constructor(refresh) {
    this.refresh = refresh;
    this.kinds = new Set();
    this.earliest = 0;
    this.timer = null;
    this.isBusy = false;
    this.isUrgent = false;
  }

  /** Note a change. With `isUrgent`, a person waits for it. */
  note(kind, isUrgent = false) {
    this.kinds.add(kind);
    if (isUrgent) {
      this.earliest = 0;
      this.isUrgent = true;
    }
    if (this.isBusy || (this.timer !== null && !isUrgent)) return;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.run(), Math.max(this.earliest - performance.now(), 0));
  }

  async run() {
    this.timer = null;
    this.isBusy = true;
    this.isUrgent = false;
    const kinds = this.kinds;
    this.kinds = new Set();
    const began = performance.now();
    let most;
    try {
      most = await this.refresh(kinds);
    } finally {
      const now = performance.now();
      if (!this.isUrgent) this.earliest = now + Math.min(Math.max(LEAST, REST * (now - began)), most ?? MOST);
      this.isBusy = false;
      if (this.kinds.size) this.note([...this.kinds][0]);
    }
  }
}

/** The kinds of events. Of each, the server sends the latest one four times a second. */
const KINDS = ["exchange", "ended", "settings", "steps", "faults", "clock", "reset", "barge_in", "opened", "closed", "lost"];

/** After how many milliseconds a lane that is not open is asked for again. */
const AGAIN = 3000;

/**
 * Follow the events of a lane, also of one that is opened later. Return a function that stops.
 * @param connect Returns a new stream of events.
 */
export function follow(connect, onChange, onState) {
  let stream;
  let timer;
  const begin = () => {
    stream = connect();
    for (const kind of KINDS) stream.addEventListener(kind, () => onChange(kind));
    stream.addEventListener("hello", () => {
      onState("Live");
      onChange("hello");
    });
    stream.addEventListener("error", refused);
  };
  const refused = () => {
    const isEnd = stream.readyState === EventSource.CLOSED; // else the browser itself connects again
    onState(isEnd ? "Not live" : "Disconnected");
    if (isEnd) timer = setTimeout(begin, AGAIN);
    onChange("disconnected");
  };
  begin();
  return () => {
    clearTimeout(timer);
    stream.close();
  };
}
