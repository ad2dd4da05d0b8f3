import { expect, test } from "vitest";

import { ago, deadlineOf, lengthOf } from "./span";

const NOW = Date.parse("2024-03-10T12:00:00Z");

test.each([
  ["2024-03-10T11:59:40Z", "just now"],
  ["2024-03-10T12:00:30Z", "just now"], // another party's clock runs ahead
  ["2024-03-10T11:57:00Z", "3 minutes ago"],
  ["2024-03-10T10:31:00Z", "1 hour ago"],
  ["2024-03-10T10:00:00Z", "2 hours ago"],
  ["2024-03-08T13:00:00Z", "47 hours ago"],
  ["2024-03-07T12:00:00Z", "3 days ago"],
  ["2024-03-10T15:00:00Z", "in 3 hours"],
  ["", "never"],
  [null, "never"],
  ["yesterday", "yesterday"],
])("%s is %s", (at, words) => {
  expect(ago(at, NOW)).toBe(words);
});

test("a stretch has at least one minute", () => {
  expect(lengthOf(2)).toEqual({ count: 1, unit: "minute" });
});

test.each([
  ["2024-03-12T12:00:00Z", "2024-03-10T11:00:00Z", "ahead", "due in 2 days"],
  ["2024-03-10T22:00:00Z", "2024-03-08T12:00:00Z", "soon", "due in 10 hours"], // under a quarter is left
  ["2024-03-10T13:00:00Z", "2024-03-10T11:00:00Z", "soon", "due in 1 hour"],
  ["2024-03-10T10:00:00Z", "2024-03-09T10:00:00Z", "overdue", "overdue by 2 hours"],
])("a deadline at %s, asked at %s, is %s: %s", (deadline, from, state, words) => {
  expect(deadlineOf(deadline, NOW, from)).toEqual({ state, words });
});

test("a deadline that is no moment is shown as it came", () => {
  expect(deadlineOf("soon", NOW)).toEqual({ state: "ahead", words: "soon" });
});
