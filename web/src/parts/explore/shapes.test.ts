import { expect, test } from "vitest";

import { cornersOf, shapeText, type Corner } from "./shapes";

test("a shape is read as it was written", () => {
  const ring: Corner[] = [[43, 34], [46.12345, 34], [44.5, 37]];
  expect(shapeText(ring)).toBe("43,34;46.12345,34;44.5,37");
  expect(cornersOf(shapeText(ring))).toEqual(ring);
});

test("a shape across the date line stays in one piece, whichever way its longitudes are written", () => {
  const ring: Corner[] = [[170, -20], [190, -20], [190, -10]];
  expect(cornersOf("170,-20;-170,-20;-170,-10")).toEqual(ring);
  expect(cornersOf(shapeText(ring))).toEqual(ring);
});

test("a shape drawn on another copy of the world is the same shape", () => {
  expect(shapeText([[403, 34], [406, 34], [404, 37]])).toBe("43,34;46,34;44,37");
});

test("a side that is wider than half the world is parted, so that it keeps its way", () => {
  expect(shapeText([[-170, 0], [170, 0], [0, 50]])).toBe("-170,0;0,0;170,0;0,50");
});

test.each(["", "1,2;3,4", "1,2;3,4;x,5", "1,2;3;4,5"])("%j is no shape", (text) => {
  expect(cornersOf(text)).toEqual([]);
});
