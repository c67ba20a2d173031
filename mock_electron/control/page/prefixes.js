// Which requests lost the prefix of their conversation in the cache, as far as the rows tell. The
// server is not asked: a row has its turn and its tokens, and the turn before it is a row as well.

/** The number of tokens that the cache keeps together. */
const WHOLE_BLOCK = 16;
/** How many rows before a request are searched for the turn before it. */
const REACH = 200;
/** How many rows are remembered. */
const MOST_ROWS = 5000;

export class Prefixes {
  constructor() {
    this.clear();
  }

  /** Forget all rows, which are those of another lane or from before a reset. */
  clear() {
    this.rows = new Map();
    this.marks = new Map();
  }

  /** Remember rows without a filter: the turn before each may be among them. */
  note(rows) {
    if (this.rows.size > MOST_ROWS) this.clear();
    for (const row of rows) this.rows.set(row.number, row);
    for (const row of rows) this.marks.set(row.number, this.lost(row));
  }

  /** Return a row with the number of tokens that it lost, as `lost`. */
  marked(row) {
    return { ...row, lost: this.marks.get(row.number) ?? 0 };
  }

  /** Return how many tokens of the turn before were not cached, at least; 0 for none. */
  lost(row) {
    if (!row.usage || row.turn < 2) return 0;
    // With several conversations, the shortest prompt: only what all of them had is surely lost.
    const before = this.before(row, 1) ?? this.before(row, 2) ?? 0;
    return Math.max(before - row.usage.cached_tokens, 0);
  }

  /** Return the whole blocks of the shortest prompt that was so many turns before, or null. */
  before(row, turns) {
    let shortest = null;
    for (let number = row.number - 1; number >= row.number - REACH; number -= 1) {
      const earlier = this.rows.get(number);
      const prompt = earlier?.usage?.prompt_tokens;
      if (prompt === undefined || earlier.turn !== row.turn - turns || prompt >= row.usage.prompt_tokens) continue;
      shortest = Math.min(shortest ?? Infinity, prompt - (prompt % WHOLE_BLOCK));
    }
    return shortest;
  }
}
