import { expect, test } from "vitest";

import type { Revision } from "../../lib/api";
import { dayOf, stopAt, stopsOf, storyOf, type ToldDecision } from "./story";

const MENTIONS = [
  { id: "A#1", article: "A", source: "Tigris Wire", published: "2024-03-04" },
  { id: "B#1", article: "B", source: "Levant Monitor", published: "2024-03-09" },
];

function revision(day: string, more: Partial<Revision>): Revision {
  const given = { kind: "toll", field: "killed", from: null, to: null, because: "", mention: "A#1", ...more };
  return { at: day.includes("T") ? day : `${day}T00:00:00+00:00`, ...given };
}

function decision(number: number, at: string, more: Partial<ToldDecision> = {}): ToldDecision {
  const none = { field: null, value: null, mentions: ["A#1"], others: [] };
  return { id: `d${number}`, kind: "confirm", by: "ana", at, why: "", ...none, ...more };
}

const FIRST = revision("2024-03-04", {
  kind: "reported",
  field: "incident",
  to: { killed: 2, status: "confirmed" },
  because: "first report by Tigris Wire",
});
const DEATH = [
  revision("2024-03-09", { kind: "died", from: 2, to: 3, because: "1 of the wounded died", mention: "B#1" }),
  revision("2024-03-09", {
    ...{ kind: "died", field: "injured", from: 3, to: 2 },
    ...{ because: "1 of the wounded died", mention: "B#1" },
  }),
];

test("what one account changed is one step, with its reason said once", () => {
  const steps = storyOf([FIRST, ...DEATH], [], MENTIONS);
  expect(steps.map((step) => [step.day, step.mention?.source, step.changes.length, step.because])).toEqual([
    ["2024-03-04", "Tigris Wire", 2, ["first report by Tigris Wire"]],
    ["2024-03-09", "Levant Monitor", 2, ["1 of the wounded died"]],
  ]);
  expect(steps.map((step) => step.first)).toEqual([true, false]);
});

test("a decision is one step with what it changed, after the accounts of its moment", () => {
  const at = "2024-03-10T00:00:00+00:00";
  const decided = [
    revision(at, { kind: "decided", field: "incident", to: "correct", because: "decided by ana", mention: "" }),
    revision(at, { kind: "decided", from: 3, to: 4, because: "decided by ana", mention: "" }),
  ];
  const told = revision(at, { kind: "claim made", field: "claims", to: { by: "X", kind: "claims" }, mention: "B#1" });
  const steps = storyOf([FIRST, ...decided, told], [decision(1, at, { kind: "correct" })], MENTIONS);
  expect(steps.map((step) => step.decision?.id ?? step.mention?.id)).toEqual(["A#1", "B#1", "d1"]);
  expect(steps[2]?.changes).toEqual([{ kind: "decided", field: "killed", from: 3, to: 4 }]);
});

test("what changed nothing is no change, and an account of nobody known is told all the same", () => {
  const same = revision("2024-03-05", { from: 2, to: 2, mention: "gone#1", because: "told again" });
  const [step] = storyOf([same], [], MENTIONS);
  expect(step).toMatchObject({ mention: null, changes: [], because: ["told again"] });
});

test("the slider stops on each day on which something changed, once", () => {
  expect(stopsOf([FIRST, ...DEATH], [decision(1, "2024-03-09T15:00:00+00:00")])).toEqual(["2024-03-04", "2024-03-09"]);
  expect(stopsOf([], [])).toEqual([]);
});

test.each([
  ["2024-03-03", -1],
  ["2024-03-04", 0],
  ["2024-03-08", 0],
  ["2024-03-09T12:00", 1],
  ["2030-01-01", 1],
])("%s shows the state of stop %d", (day, stop) => {
  expect(stopAt(["2024-03-04", "2024-03-09"], day)).toBe(stop);
});

test("a day is UTC's", () => {
  expect(dayOf("2024-03-04T23:30:00-05:00")).toBe("2024-03-05");
  expect(dayOf("no moment")).toBe("no moment");
});
