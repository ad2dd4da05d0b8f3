import { expect, test } from "vitest";

import { intensity, monthsOf, reachKm, topOf } from "./heat";

test("a year is twelve months, and a day is one of a month's thirty", () => {
  expect(monthsOf("2023-01-01", "2023-12-31")).toBeCloseTo(11.99, 2);
  expect(monthsOf("2024-03-14", "2024-03-14") * 30.44).toBeCloseTo(1);
});

test.each([
  [40, 10],
  [41, 30],
  [120, 30],
  [121, 100],
  [4, 1],
  [0.5, 0.3],
  [0, 0.1],
  [1e6, 300_000],
])("a view of %d incidents a month has a scale up to %d", (rate, top) => {
  expect(topOf(rate)).toBe(top);
});

test("the same number of incidents in half the time is twice as hot, on the same scale", () => {
  expect(intensity({ months: 6, top: 10 })).toBeCloseTo(2 * intensity({ months: 12, top: 10 }));
});

test("heat reaches half as far at each zoom nearer, but for its growing pixels", () => {
  expect(reachKm(0, 0)).toBeCloseTo((18 / 3) * Math.SQRT2 * (40_075 / 512));
  expect(reachKm(6, 60) / reachKm(6, 0)).toBeCloseTo(0.5);
  expect(reachKm(12, 0)).toBeCloseTo(reachKm(11, 0) / 2);
  expect(reachKm(8, 0)).toBeCloseTo((34 / 3) * Math.SQRT2 * (40_075 / 512 / 256));
});
