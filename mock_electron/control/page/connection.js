// Whether the page follows its lane, in a word.

/** Why there is nothing to follow, by the status with which the server refuses a lane. */
const GONE = { 404: "No such lane", 410: "Closed" };

/** Return whether a status says that there is no such lane. */
export const isGone = (status) => status in GONE;

export class Connection {
  /** @param box Where it is said. */
  constructor(box) {
    this.box = box;
    this.following = "";
  }

  /** Note how the stream of events is. If the server refuses it, the next refresh says why. */
  note(words, refusedWith) {
    this.following = words;
    this.show(refusedWith);
  }

  /** @param refusedWith The status with which the server refused the last refresh. */
  show(refusedWith) {
    const words = GONE[refusedWith] ?? this.following;
    if (this.box.textContent === words) return;
    this.box.textContent = words;
    this.box.classList.toggle("bad", words !== "Live");
  }

  /** Say that this is a file, in which nothing happens any more. */
  showFile() {
    this.box.textContent = "A file";
    this.box.classList.add("file");
  }
}
