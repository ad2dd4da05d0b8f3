import { expect, test } from "vitest";

import type { Evidence, Extraction, Mention } from "../../lib/api";
import { piecesOf } from "../incident/marks";
import { keyOf, kept, taken } from "./corrections";
import { fateOf } from "./job.svelte";
import { bodyOf, emptyForm, fieldOf, firstWrong, type Form } from "./report";
import { meaningOf, passagesOf } from "./spans";

const TEXT = "🚨 Two policemen were killed near Daquq on Monday.";

/** Evidence as the server makes it: offsets in code points. */
function evidence(quote: string, where: Evidence["in"] = "text"): Evidence {
  const start = [...TEXT.slice(0, TEXT.indexOf(quote))].length;
  return { in: where, start, end: start + [...quote].length, quote };
}

function mention(more: Partial<Mention> = {}): Mention {
  return {
    id: "a#1",
    event_type: "Explosions/Remote violence",
    sub_event_type: "Suicide bomb",
    modality: "asserted",
    date: { start: "2024-03-04", end: "2024-03-04", precision: 1, evidence: [evidence("Monday")] },
    place: null,
    perpetrators: [],
    targets: [],
    victims: [],
    weapons: [],
    killed: { low: 2, best: 2, high: 2, evidence: [evidence("Two policemen were killed")] },
    injured: null,
    missing: null,
    abducted: null,
    claims: [],
    evidence: [evidence("Two policemen were killed near Daquq on Monday.")],
    ...more,
  };
}

function extraction(mentions: Mention[]): Extraction {
  const place = { name: "Daquq", admin1: "Kirkuk", admin2: "Daquq", country: "IQ", lat: 35.1, lon: 44.4, precision: 1, radius_km: null };
  const { start, end, quote } = evidence("Daquq");
  const monday = evidence("Monday");
  return {
    id: "a",
    language: "en",
    mentions,
    others: [],
    statements: [],
    places: [{ ...place, start, end, quote }],
    dates: [{ ...monday, type: "DATE", value: "2024-03-04" }],
    warnings: [],
  };
}

/** What the selection of some words is taken for. */
function select(field: Parameters<typeof taken>[0], words: string): string {
  const from = TEXT.indexOf(words);
  return taken(field, from, from + words.length, TEXT, extraction([]));
}

test("each passage is drawn where its words stand, with all fields that rest on it", () => {
  const pieces = piecesOf(TEXT, passagesOf(extraction([mention()]), "text"));
  const drawn = pieces.filter((piece) => piece.keys.length).map((piece) => [piece.text, piece.keys.map((key) => meaningOf(key).field)]);
  expect(drawn).toEqual([
    ["Two policemen were killed", ["toll", "type"]],
    [" near Daquq on ", ["type"]],
    ["Monday", ["date", "type"]],
    [".", ["type"]],
  ]);
});

test("passages of the title are not drawn in the text", () => {
  const told = extraction([mention({ evidence: [evidence("Two policemen", "title")], killed: null, date: null })]);
  expect(passagesOf(told, "text")).toEqual([]);
  expect(passagesOf(told, "title")).toHaveLength(1);
});

test.each([
  ["killed", "Two policemen", "2"],
  ["date", "Monday", "2024-03-04"],
  ["place", "near Daquq", "Daquq, Kirkuk, IQ"],
  ["perpetrators", "policemen", "policemen"],
] as const)("selected words become a value: %s", (field, words, value) => {
  expect(select(field, words)).toBe(value);
});

test("a correction stays with its incident while the article is edited, and goes with its words", () => {
  const one = mention();
  const corrections = { [keyOf(one)]: { killed: { written: "3", quote: "" } } };
  expect(kept(corrections, extraction([mention({ id: "b#7" })]))).toEqual(corrections);
  expect(kept(corrections, extraction([]))).toEqual({});
});

test("an event of a job that says little is still shown", () => {
  expect(fateOf({ kind: "copy", article: "a-1", other: "a-0" })).toMatchObject({ kind: "copy", other: "a-0", opened: [] });
  expect(fateOf({ id: "x", error: { code: "empty", message: "no text" } })).toMatchObject({ kind: "rejected", reason: "no text" });
});

const REPORT: Form = {
  ...emptyForm("Ana"),
  what: "Attack",
  start: "2024-03-04",
  name: "Daquq",
  admin1: "Kirkuk",
  country: "IQ",
  who: "gunmen; Islamic State",
  killed: ["1", "2"],
  how_known: "told by a witness",
};

test.each([
  [{}, null],
  [{ what: "" }, "what"],
  [{ start: "" }, "start"],
  [{ start: "2030-01-01" }, "start"],
  [{ end: "2024-03-01" }, "end"],
  [{ killed: ["3", "2"] as [string, string] }, "killed"],
  [{ injured: ["some", ""] as [string, string] }, "injured"],
  [{ how_known: "" }, "how_known"],
  [{ name: "" }, "name"],
  [{ name: "", lat: "35", lon: "44" }, null],
  [{ lat: "95", lon: "44" }, "lat"],
  [{ lat: "35", lon: "" }, "lon"],
])("a report's first wrong field is named: %j", (change, field) => {
  expect(firstWrong({ ...REPORT, ...change }, "2026-01-01")).toBe(field);
});

test("what a report does not say is not sent", () => {
  expect(bodyOf(REPORT)).toEqual({
    what: "Attack",
    when: { start: "2024-03-04" },
    where: { name: "Daquq", admin1: "Kirkuk", country: "IQ" },
    who: ["gunmen", "Islamic State"],
    killed: { low: 1, high: 2 },
    how_known: "told by a witness",
    by: "Ana",
  });
});

test("an error of the API is shown at its field of the form", () => {
  const names = ["killed", "where.name", "when.start", "where", "when", "where.lon", "nothing", null];
  expect(names.map(fieldOf)).toEqual(["killed", "name", "start", "name", "start", "lon", null, null]);
});
