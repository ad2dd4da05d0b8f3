/** An article's text cut into pieces, each with the values that rest on it. */

import { slicePoints, unitsOf, type Evidence } from "../../lib/api";

/** A passage in code points, as evidence gives it, and the value (its key) that rests on it. */
export interface Passage {
  start: number;
  end: number;
  key: string;
}

/** A stretch of text under the same passages all along; `keys` names the shortest passage's value first. */
export interface Piece {
  /** Offset of its first UTF-16 unit. */
  at: number;
  text: string;
  keys: readonly string[];
}

/** Whether a passage still stands in the text as it was quoted. */
export function stands(text: string, evidence: Evidence): boolean {
  return evidence.end > evidence.start && slicePoints(text, evidence.start, evidence.end) === evidence.quote;
}

/** The text in pieces, cut wherever a passage begins or ends. Joined they are the text again. */
export function piecesOf(text: string, passages: readonly Passage[]): Piece[] {
  const units = unitsOf(
    text,
    passages.flatMap((one) => [one.start, one.end]),
  );
  const spans = passages
    .map((one, at) => ({ start: units[2 * at] ?? 0, end: units[2 * at + 1] ?? 0, key: one.key }))
    .filter((span) => span.end > span.start)
    .sort((a, b) => a.start - b.start);
  const cuts = [...new Set([0, text.length, ...spans.flatMap((span) => [span.start, span.end])])].sort((a, b) => a - b);
  const pieces: Piece[] = [];
  let open: typeof spans = [];
  let next = 0;
  for (let i = 0; i + 1 < cuts.length; i += 1) {
    const [from, to] = [cuts[i] ?? 0, cuts[i + 1] ?? 0];
    open = open.filter((span) => span.end > from);
    for (let span = spans[next]; span && span.start <= from; span = spans[(next += 1)]) open.push(span);
    const shortest = [...open].sort((a, b) => a.end - a.start - (b.end - b.start));
    pieces.push({ at: from, text: text.slice(from, to), keys: [...new Set(shortest.map((span) => span.key))] });
  }
  return pieces;
}

/** The first line of a text that a passage stands in, cut to `context` units around it: before, quote, after. */
export function excerptOf(text: string, evidence: Evidence, context = 140): [string, string, string] {
  if (!stands(text, evidence)) return ["", evidence.quote, ""];
  const [start = 0, end = 0] = unitsOf(text, [evidence.start, evidence.end]);
  const line = text.lastIndexOf("\n", start - 1) + 1;
  const stop = text.indexOf("\n", end);
  const close = stop < 0 ? text.length : stop;
  let [from, to] = [line, close];
  if (start - line > context) from = text.indexOf(" ", start - context) + 1;
  if (from > start || from <= 0) from = line;
  if (close - end > context) to = Math.max(text.lastIndexOf(" ", end + context), end);
  return [
    (from > line ? "… " : "") + text.slice(from, start),
    text.slice(start, end),
    text.slice(end, to) + (to < close ? " …" : ""),
  ];
}
