/** Texts are compared in pieces of this length: the engine does that faster than a loop. */
const step = 2048;

/** How many characters two texts share at their start; some of the last may be missed. */
export function sameFront(a: string, b: string): number {
  let at = 0;
  while (at + step <= Math.min(a.length, b.length) && a.slice(at, at + step) === b.slice(at, at + step)) at += step;
  const end = Math.min(a.length, b.length, at + step);
  while (at < end && a.charCodeAt(at) === b.charCodeAt(at)) at++;
  return at;
}

/** The offset in `b` from which on both end alike; some of the first characters may be missed. */
export function sameBack(a: string, b: string): number {
  const by = b.length - a.length;
  const least = Math.max(0, by);
  let at = b.length;
  while (at - step >= least && a.slice(at - step - by, at - by) === b.slice(at - step, at)) at -= step;
  const end = Math.max(least, at - step);
  while (at > end && a.charCodeAt(at - by - 1) === b.charCodeAt(at - 1)) at--;
  return at;
}
