import { expect, test } from "vitest";

import type { Told } from "../../lib/api";
import { compared, parted, strengthOf } from "./pairs";
import { entryOf, nextOpen, renewed, touches, type Asked } from "./queue";

const TOLD: Told = {
  event_type: "Battles",
  sub_event_type: "Armed clash",
  date: { start: "2024-03-04", end: "2024-03-04", precision: 1 },
  place: null,
  perpetrators: [],
  targets: [],
  victims: [],
  weapons: [{ name: "rifle", evidence: [] }],
  killed: { low: 2, best: 2, high: 2 },
  injured: null,
  missing: null,
  abducted: null,
  claims: [],
};

test("two tellings are compared field by field; what neither says has no row", () => {
  const rows = compared(TOLD, { ...TOLD, killed: { low: 3, best: 3, high: 3 }, weapons: [] });
  expect(rows.map((row) => [row.field, row.verdict])).toEqual([
    ["sub_event_type", "agree"],
    ["date", "agree"],
    ["weapons", "one"],
    ["killed", "differ"],
  ]);
});

test("reasons are parted by sign, the weightiest first; the prior and the faint are left out", () => {
  const reason = (feature: string, weight: number) => ({ feature, weight, text: feature });
  const found = parted([reason("prior", -3), reason("type", 0.4), reason("place", -3.3), reason("date", 2), reason("x", 0.01)]);
  expect(found.agrees.map((one) => one.feature)).toEqual(["date", "type"]);
  expect(found.differs.map((one) => one.feature)).toEqual(["place"]);
  expect([0.1, 0.5, -2, 3.3].map(strengthOf)).toEqual(["slight", "some", "strong", "decisive"]);
});

const pair = (left: string, right: string, incidents: string[]): Asked => ({
  left: { id: left },
  right: { id: right },
  incidents,
});

test("the next open pair is found in both directions and around the ends", () => {
  const queue = ["a", "b", "c"].map((name) => entryOf(pair(name, `${name}2`, [name])));
  const middle = queue[1];
  if (middle) middle.state = "done";
  expect([nextOpen(queue, 0), nextOpen(queue, 2), nextOpen(queue, 0, -1), nextOpen(queue, 2, -1)]).toEqual([2, 0, 2, 0]);
  expect(nextOpen([], 0)).toBe(-1);
});

test("a queue asked anew keeps what is decided and what is looked at, and follows the desk in the rest", () => {
  const queue = ["a", "b", "c", "d"].map((name) => entryOf(pair(name, `${name}2`, [name])));
  const first = queue[0];
  if (first) first.state = "done";
  const after = renewed(queue, 1, [pair("d", "d2", ["d"]), pair("e", "e2", ["e"])]);
  expect(after.map((entry) => [entry.item.left.id, entry.state, entry.stale])).toEqual([
    ["a", "done", false],
    ["b", "open", true], // looked at, but the desk asks it no more
    ["d", "open", false],
    ["e", "open", false],
  ]);
});

test("a decision touches open pairs of its incidents only", () => {
  const queue = [entryOf(pair("a", "b", ["i-1", "i-2"]))];
  expect(touches(queue, ["i-2"])).toBe(true);
  expect(touches(queue, ["i-3"])).toBe(false);
});
