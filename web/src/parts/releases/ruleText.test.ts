import { expect, test } from "vitest";

import type { CentreView, Rule } from "../../lib/centre";
import { ruleText } from "./ruleText";

const plain: Rule = {
  ...{ id: "r", to: ["*"], tlp: "TLP:GREEN", areas: [], types: [], statuses: [] },
  ...{ after_hours: 0, approval: false, fields: {} },
};
const view = {
  me: { id: "a", name: "Desk A", fingerprint: "" },
  charter: { areas: [{ id: "front", name: "Hamrin front", contested: true }] },
  parties: [{ id: "b", name: "Relief office" }],
} as unknown as CentreView;

test("a rule without limits gives all to all at once", () => {
  expect(ruleText(plain, view)).toEqual([
    "To all parties, as TLP:GREEN.",
    "Incidents everywhere.",
    "At once.",
  ]);
});

test("each limit is a line, with the names of parties and areas", () => {
  const rule: Rule = {
    ...{ ...plain, to: ["b", "z"], areas: ["front", "gone"], types: ["Battles"], statuses: ["confirmed", "denied"] },
    ...{ after_hours: 24, approval: true, fields: { place: "district", date: "week", sources: "withheld", quotes: "withheld" } },
  };
  expect(ruleText(rule, view)).toEqual([
    "To Relief office, z, as TLP:GREEN.",
    "Incidents in: Hamrin front, gone.",
    "Of the type: Battles.",
    "With the status: confirmed, denied.",
    "24 hours after we know it.",
    "A second person must approve each.",
    "Place: only the district.",
    "Date: only the week.",
    "Not given: Sources, Quotes.",
  ]);
});
