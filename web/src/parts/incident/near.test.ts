import { expect, test } from "vitest";

import type { PlaceValue, Row } from "../../lib/api";
import { idIn, MOST_NEAR, nearestOf, nearQuery } from "./near";

const PLACE: PlaceValue = {
  ...{ name: "Daquq", admin1: "Kirkuk", admin2: null, country: "IQ" },
  ...{ lat: 35, lon: 44, precision: 1, radius_km: 3 },
};
const date = (day: string) => ({ start: day, end: day, precision: 1 });
const HERE = { id: "i-here", date: date("2024-03-04"), place: PLACE };
const row = (id: string, day: string, lat: number): Row =>
  ({ id, date: date(day), place: { ...PLACE, lat } }) as Row;

test("what is near is asked for by days and kilometres around", () => {
  expect(Object.fromEntries(nearQuery(HERE) ?? [])).toEqual({
    ...{ status: "all", since: "2024-02-19", until: "2024-03-18" },
    bbox: "43.4511,34.5504,44.5489,35.4496",
  });
  expect(nearQuery({ ...HERE, place: null })?.has("bbox")).toBe(false);
  expect(nearQuery({ id: "i-1", date: null, place: { ...PLACE, lat: null } })).toBe(null);
});

test("the nearest comes first, the incident itself not at all, and not too many", () => {
  const rows = [row("i-far", "2024-03-14", 35), row("i-here", "2024-03-04", 35), row("i-next", "2024-03-05", 35.02)];
  expect(nearestOf(rows, HERE).map((one) => one.id)).toEqual(["i-next", "i-far"]);
  const many = Array.from({ length: 30 }, (_, at) => row(`i-${at}`, "2024-03-04", 35));
  expect(nearestOf(many, HERE)).toHaveLength(MOST_NEAR);
});

test.each([
  [" i-4x ", "i-4x"],
  ["http://127.0.0.1:8765/incident/i-4x?as_of=2024-03-04", "i-4x"],
  ["/incident/i%204x#articles", "i 4x"],
  ["%", "%"],
  ["", ""],
])("%j names the incident %j", (written, id) => {
  expect(idIn(written)).toBe(id);
});
