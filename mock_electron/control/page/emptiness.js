// What a view shows instead of exchanges, if there are none.

import { source } from "./api.js";
import { element } from "./dom.js";
import { counted } from "./words.js";

/**
 * Return why nothing is shown.
 * @param read How many exchanges there are: `{recorded}`.
 * @param lane The name of the lane.
 * @param isOnly Whether it is the only one.
 */
export function emptiness(read, lane, isOnly) {
  if (read.recorded) return element("p", {}, `None of ${counted(read.recorded, "exchange")} meets the filter.`);
  if (!source.isLive) return element("h2", {}, `${source.nothing}${isOnly ? "" : " to this lane"}`);
  const base = `${location.origin}${lane === "default" ? "" : `/lanes/${lane}`}/waves/v1`;
  const line = `curl ${base}/chat/completions -H "Authorization: Bearer sk_mock" \\\n  -H "Content-Type: application/json" \\\n  -d '{"model": "electron", "messages": [{"role": "user", "content": "Hi!"}]}'`;
  return [element("h2", {}, "No request yet"), element("p", {}, "Requests appear here as they arrive. Point a client at the base URL ", element("code", {}, base), ", or try:"), element("pre", { class: "raw" }, line)];
}
