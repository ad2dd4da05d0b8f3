import { expect, test } from "vitest";

import { pointsOf, slicePoints } from "../../lib/api";
import { excerptOf, piecesOf, stands } from "./marks";

/** Evidence as the server makes it: offsets in code points. */
function evidence(text: string, quote: string) {
  const points = [...text];
  const wanted = [...quote];
  const start = points.findIndex((_, at) => wanted.every((point, n) => points[at + n] === point));
  return { in: "text" as const, start, end: start + wanted.length, quote };
}

const TEXTS = [
  ["plain", "Gunmen killed two policemen near Daquq.", "two policemen"],
  ["emoji before", "🚨🚨 عاجل: 💥 blast in Kirkuk", "blast"],
  ["emoji inside", "a 👨‍👩‍👧 family of five 🏠 was hurt", "👨‍👩‍👧 family of five"],
  ["Arabic", "قُتل شخصان في انفجار عبوة ناسفة قرب داقوق", "عبوة ناسفة"],
  ["a letter beyond the first plane", "𐎠𐎼 said that three died", "three"],
  ["a lone surrogate", "broken \ud83d sign, then four dead", "four dead"],
] as const;

test.each(TEXTS)("a quote is marked where it stands: %s", (_, text, quote) => {
  const found = evidence(text, quote);
  const pieces = piecesOf(text, [{ ...found, key: "killed" }]);
  expect(pieces.filter((piece) => piece.keys.length).map((piece) => piece.text)).toEqual([quote]);
  expect(pieces.map((piece) => piece.text).join("")).toBe(text);
  expect(stands(text, found)).toBe(true);
});

test.each(TEXTS)("a selection becomes the offsets that evidence has: %s", (_, text, quote) => {
  const at = text.indexOf(quote);
  const [start, end] = [pointsOf(text, at), pointsOf(text, at + quote.length)];
  expect(slicePoints(text, start, end)).toBe(quote);
  expect({ start, end }).toEqual({ start: evidence(text, quote).start, end: evidence(text, quote).end });
});

test("spans that overlap are cut at each edge, the shortest named first", () => {
  const text = "0123456789";
  const pieces = piecesOf(text, [
    { start: 0, end: 8, key: "long" },
    { start: 2, end: 4, key: "short" },
    { start: 3, end: 6, key: "middle" },
    { start: 2, end: 4, key: "short" },
  ]);
  expect(pieces.map((piece) => [piece.text, piece.keys.join(" ")])).toEqual([
    ["01", "long"],
    ["2", "short long"],
    ["3", "short middle long"],
    ["45", "middle long"],
    ["67", "long"],
    ["89", ""],
  ]);
});

test("spans beyond the text or of no length mark nothing and break nothing", () => {
  const pieces = piecesOf("abc", [
    { start: 1, end: 1, key: "none" },
    { start: 2, end: 99, key: "far" },
    { start: 50, end: 60, key: "out" },
  ]);
  expect(pieces.map((piece) => [piece.text, piece.keys.join(" ")])).toEqual([
    ["ab", ""],
    ["c", "far"],
  ]);
  expect(piecesOf("", [{ start: 0, end: 3, key: "x" }])).toEqual([]);
});

test("a quote that no longer stands in the text is not marked as if it did", () => {
  expect(stands("two were killed", { in: "text", start: 0, end: 5, quote: "three" })).toBe(false);
  expect(excerptOf("two were killed", { in: "text", start: 0, end: 5, quote: "three" })).toEqual(["", "three", ""]);
});

test("an excerpt is the quote's own line, cut at blanks", () => {
  const line = `${"before ".repeat(30)}the quote${" after".repeat(30)}`;
  const text = `Title line\n${line}\nnext line`;
  const [before, quote, after] = excerptOf(text, evidence(text, "the quote"), 20);
  expect(quote).toBe("the quote");
  expect(before).toMatch(/^… (before )+$/);
  expect(after).toMatch(/^( after)+ …$/);
  expect(excerptOf("one line only", evidence("one line only", "line"))).toEqual(["one ", "line", " only"]);
});
