import { expect, test } from "vitest";

import type { Incident } from "../../lib/api";
import type { Order, PreviewItem } from "../../lib/centre";
import { compareRows, tally, withheldByOrder } from "./compare";

const place = { name: "Kulajo", admin1: "Diyala", admin2: "Kifri", country: "IQ", lat: 34.7, lon: 45, precision: 1, radius_km: 1 };
const known = {
  ...{ event_type: "Explosions/Remote violence", sub_event_type: "Remote explosive/landmine/IED", status: "confirmed" },
  date: { start: "2024-03-04", end: "2024-03-04", precision: 1, evidence: [{ quote: "on Monday" }] },
  place: { ...place, evidence: [{ quote: "in Kulajo" }] },
  ...{ perpetrators: [], targets: [{ name: "police", kind: "state", evidence: [{ quote: "police" }] }] },
  ...{ victims: [], weapons: [], claims: [], injured: null, missing: null, abducted: null },
  killed: { low: 2, best: 2, high: 3, evidence: [{ quote: "two" }] },
  mentions: [{ id: "m", article: "a", source: "Radio A", published: null }],
} as unknown as Incident;
const item: Pick<PreviewItem, "content" | "reasons"> = {
  content: {
    tlp: "TLP:AMBER",
    incident: {
      ...{ event_type: known.event_type, sub_event_type: known.sub_event_type, status: "confirmed" },
      date: { start: "2024-03-04", end: "2024-03-04", precision: 1 },
      place: { ...place, name: null, lat: 34.9, lon: 44.9, precision: 3, radius_km: 30 },
      ...{ perpetrators: [], targets: [], victims: [], weapons: [], claims: [] },
      killed: { low: 2, best: 2, high: 3 },
    },
    ...{ withheld: ["targets", "sources", "quotes"], coarse: { place: "district" }, sources: null },
  },
  reasons: [{ field: "place", grain: "district", text: "rule to-b gives the place to the district" }],
};
const fates = (rows: ReturnType<typeof compareRows>): Record<string, string> =>
  Object.fromEntries(rows.map((row) => [row.field, row.fate]));

test("each field is given, less exact, withheld, or there is nothing of it", () => {
  expect(fates(compareRows(known, item))).toEqual({
    ...{ sub_event_type: "given", date: "given", place: "coarse", perpetrators: "nothing", targets: "withheld" },
    ...{ victims: "nothing", weapons: "nothing", killed: "given", injured: "nothing", missing: "nothing" },
    ...{ abducted: "nothing", claims: "nothing", status: "given", sources: "withheld", quotes: "withheld" },
  });
});

test("a coarse place shows both how we know it and how it arrives, with the rule's reason", () => {
  const row = compareRows(known, item).find((one) => one.field === "place");
  expect(row?.known).toEqual(["Kulajo, Kifri, Diyala, Iraq", "exact place, within 1 km", "34.700, 45.000"]);
  expect(row?.received).toEqual(["Kifri, Diyala, Iraq", "somewhere in the district, within 30 km", "34.900, 44.900"]);
  expect(row?.reason).toBe("rule to-b gives the place to the district");
});

test("what a party does not receive never stands in its column", () => {
  const rows = compareRows(known, item).filter((one) => one.fate === "withheld");
  expect(rows.map((one) => one.received)).toEqual([[], [], []]);
  expect(rows.find((one) => one.field === "sources")?.known).toEqual(["Radio A"]);
});

test("where nothing goes out now every known field waits", () => {
  const rows = compareRows(known, { content: null, reasons: [] });
  expect(fates(rows)).toMatchObject({ date: "later", place: "later", claims: "nothing" });
  expect(rows.every((one) => !one.received.length)).toBe(true);
});

test("the tally counts the fields of each way", () => {
  expect(tally(compareRows(known, item))).toEqual({ given: 4, coarse: 1, withheld: 3, nothing: 7, later: 0 });
});

test("an order withholds a field from one party or all, until a later one gives it again", () => {
  const order = (number: number, kind: Order["kind"], field: string, to: string | null): Order => ({
    ...{ number, kind, field, to, incident: "i-1", why: "", by: "ana", at: "2024-03-10T12:00:00Z" },
  });
  const orders = [
    order(3, "release", "place", null),
    order(1, "withhold_field", "place", "b"),
    order(2, "withhold_field", "date", null),
    order(4, "withhold_field", "killed", "c"),
  ];
  expect([...withheldByOrder(orders, "b")]).toEqual(["date"]);
  expect([...withheldByOrder(orders, "c")].sort()).toEqual(["date", "killed"]);
});

test("that the type is always given is said only where something is given", () => {
  const reason = (content: PreviewItem["content"]): string | undefined =>
    compareRows(known, { content, reasons: [] })[0]?.reason;
  expect(reason(item.content)).toMatch(/always given/);
  expect(reason(null)).toBe("");
});
