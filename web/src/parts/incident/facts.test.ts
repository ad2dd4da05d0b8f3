import { expect, test } from "vitest";

import type { Incident } from "../../lib/api";
import { decidedFields, factsOf, silent, titleOf } from "./facts";
import { valueWords } from "./words";

const PLACE = { name: "Albu Murjan", admin2: "Hawija", admin1: "Kirkuk", country: "IQ", lat: null, lon: null };
const BLAST = {
  id: "i-1",
  event_type: "Explosions/Remote violence",
  sub_event_type: "Remote explosive/landmine/IED",
  status: "confirmed",
  date: { start: "2024-03-04", end: "2024-03-04", precision: 1, evidence: [] },
  place: { ...PLACE, precision: 1, radius_km: 3, evidence: [] },
  perpetrators: [],
  targets: [],
  victims: [
    { name: "policeman", kind: "human", group: "state", outcome: "killed", count: 1, evidence: [] },
    { name: "policeman", kind: "human", group: "state", outcome: "injured", count: 1, evidence: [] },
  ],
  weapons: [],
  killed: { low: 2, best: 3, high: null, evidence: [] },
  injured: null,
  missing: null,
  abducted: null,
  claims: [{ by: "X", via: "Amaq", kind: "claims", evidence: [] }],
  mentions: [],
  disagreements: [],
  revisions: [],
  aliases: [],
  areas: [],
  policy: "ucdp",
  decisions: [],
  voices: 1,
} satisfies Incident;
const bare = (text: string): string => text.replace(/[\u2068\u2069]/g, "");

test("each value has a key of its own, also where two read alike", () => {
  const keys = factsOf(BLAST, []).map((fact) => fact.key);
  expect(new Set(keys).size).toBe(keys.length);
});

test("of what nothing is told it is said", () => {
  expect(silent(factsOf(BLAST, []))).toEqual(["perpetrators", "targets", "weapons", "injured", "missing", "abducted"]);
});

test.each([
  [1, "Remote explosive/landmine/IED in Albu Murjan, Hawija, Kirkuk, Iraq, 4 Mar 2024"],
  [2, "Remote explosive/landmine/IED near Albu Murjan, Hawija, Kirkuk, Iraq, 4 Mar 2024"],
  [3, "Remote explosive/landmine/IED at Albu Murjan, Hawija, Kirkuk, Iraq (somewhere in the district), 4 Mar 2024"],
  [6, "Remote explosive/landmine/IED, Albu Murjan, Hawija, Kirkuk, Iraq (somewhere in the country), 4 Mar 2024"],
])("the title says how exactly the place is known: %d", (precision, title) => {
  expect(bare(titleOf({ ...BLAST, place: { ...BLAST.place, precision } }))).toBe(title);
});

test("without a place and a day the title says so", () => {
  const title = titleOf({ ...BLAST, place: null, date: null });
  expect(title).toBe("Remote explosive/landmine/IED, place not known, day not known");
});

test("the later of two decisions on a field set it", () => {
  const none = { by: "ana", value: 1, mentions: [], others: [] };
  const found = decidedFields([
    { ...none, id: "d2", kind: "correct", field: "killed", at: "2024-03-02T00:00:00Z" },
    { ...none, id: "d1", kind: "correct", field: "killed", at: "2024-03-01T00:00:00Z" },
    { ...none, id: "d3", kind: "retract", field: null, at: "2024-03-01T00:00:00Z" },
  ]);
  expect([found.get("killed")?.id, found.get("status")?.id]).toEqual(["d2", "d3"]);
});

test.each([
  [{ low: 2, best: 3, high: 5 }, "3 (2–5)"],
  [{ start: "2024-03-04", end: "2024-03-04", precision: 1 }, "4 Mar 2024"],
  [{ name: "Riyadh", admin1: "Kirkuk", admin2: "Hawija", country: "IQ", precision: 1 }, "Riyadh, Hawija, Kirkuk, Iraq"],
  [{ name: "Riyadh", country: "IQ", precision: 2 }, "near Riyadh, Iraq"],
  [{ by: "Islamic State", via: "Amaq", kind: "claims" }, "Islamic State claims it, via Amaq"],
  [["Turkey", { name: "Ankara" }], "Turkey, Ankara"],
  [[], "not known"],
  [null, "not known"],
  [1200, "1,200"],
  ["$& {by}", "$& {by}"],
])("%j reads %s", (value, words) => {
  expect(bare(valueWords(value))).toBe(words);
});
