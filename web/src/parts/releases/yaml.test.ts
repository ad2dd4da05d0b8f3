import { expect, test } from "vitest";

import { lineOf } from "./yaml";

const RULES = `rules:
  - id: to-b
    to: [b]
    tlp: TLP:AMBER
    fields:
      place: district
  - id: to-all
    to: ["*"]
    tlp: TLP:GREEN
    after_hours: 24`;

test.each([
  ["mapping values are not allowed here, line 3, column 8", null, 3],
  ['rule "to-all": after_hours is no number', "to-all.after_hours", 10],
  ["rule to-b: there is no grain fine", "fields.place", 6],
  ["rule 1 (to-b): fields.place: 'village' is none of: exact", "rules[0].fields.place", 6],
  ["unknown label", "rules.to-all.tlp", 9],
  ["rule to-b: approval is no yes or no", null, 2],
  ["the file holds no rules", null, 0],
])("%s (%s) is about line %d", (message, field, line) => {
  expect(lineOf(message, field, RULES)).toBe(line);
});
