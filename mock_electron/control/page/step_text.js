// The text of a step, as a person writes it, as the text of a script file.

const WHOLE = /^steps:|^\s*\{\s*"steps"\s*:/m;
/** How the first line of a list begins, after empty lines and comments. */
const LIST = /^(?:\s*(?:#.*)?\n)*\s*(?:-\s|\[)/;

/**
 * Return the script `{script, above}` of a step, of a list of steps, or of a whole script.
 * `above` is the number of lines that it has above those of the text.
 */
export function scriptOf(text) {
  if (WHOLE.test(text)) return { script: text, above: 0 };
  const lines = text.trimEnd().split("\n");
  const isList = LIST.test(text);
  const written = lines.map((line, at) => `${at || isList ? "  " : "- "}${line}`);
  return { script: ["steps:", ...written].join("\n"), above: 1 };
}

/** Return a problem of a script with its place in the text of the person. */
export function inText({ path = "", message }, above) {
  const line = (all, number) => `line ${Math.max(number - above, 1)}: `;
  return { path: path.replace(/^script\.?/, ""), message: message.replace(/^line (\d+): /, line) };
}
