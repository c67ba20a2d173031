// A plan and a pace as a person writes them, and what they mean.

import { counted, seconds } from "./words.js";

/** The `overhead` of a pace that does not give it, in seconds. */
const OVERHEAD = 0.02;

const milliseconds = (value) => String(Number((value * 1000).toPrecision(12)));

/** Return a plan or a pace as a form takes it: a name, a text such as `10:3`, or else JSON. */
export function asTyped(value) {
  if (typeof value === "string") return value;
  const { requests_per_minute: requests, in_flight: most, first, each, jitter, overhead } = value;
  if (requests && most) return `${requests}:${most}`;
  const given = Object.entries(value).filter(([, one]) => one !== null);
  if (overhead !== OVERHEAD) return JSON.stringify(Object.fromEntries(given));
  return [milliseconds(first), milliseconds(each), ...(jitter ? [jitter] : [])].join(":");
}

/** Return a plan or a pace with what it means. */
export function explained(value) {
  if (typeof value === "string") return value;
  return `${asTyped(value)} (${"each" in value ? pace(value) : plan(value)})`;
}

function plan({ requests_per_minute: requests, in_flight: most }) {
  const parts = [requests && `${counted(requests, "request")} per minute`, most && `${most} in flight`];
  return parts.filter(Boolean).join(", ") || "no limit";
}

function pace({ first, each, jitter, overhead }) {
  const parts = [`first token after ${seconds(first)}`, `each after ${milliseconds(each)} ms`];
  if (jitter) parts.push(`jitter ${jitter}`);
  if (overhead !== OVERHEAD) parts.push(`overhead ${seconds(overhead)}`);
  return parts.join(", ");
}
