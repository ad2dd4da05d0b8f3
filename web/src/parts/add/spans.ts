/** Which words of an article a value rests on, by field and incident. */

import type { Evidence, Extraction, Mention } from "../../lib/api";
import type { Passage } from "../incident/marks";

/** What a passage says of an incident; the order is that of the legend. */
export const FIELDS = ["type", "date", "place", "actors", "victims", "toll", "weapons"] as const;
export type Field = (typeof FIELDS)[number];

export const TOLLS = ["killed", "injured", "missing", "abducted"] as const;

/** What a passage's key says: the field, and the number of the incident from 0. */
export interface Meaning {
  field: Field;
  mention: number;
}

/** All passages of an extraction in one part of its article; offsets are the API's. */
export function passagesOf(extraction: Extraction, part: Evidence["in"]): Passage[] {
  const found = new Map<string, Passage>();
  extraction.mentions.forEach((mention, number) => {
    for (const [field, evidence] of evidenceOf(mention))
      for (const { in: where, start, end } of evidence)
        if (where === part) found.set(`${number} ${field} ${start} ${end}`, { start, end, key: `${number} ${field}` });
  });
  return [...found.values()];
}

/** The incident and the field that a passage's key names. */
export function meaningOf(key: string): Meaning {
  const [mention = "0", field = "type"] = key.split(" ");
  return { mention: Number(mention), field: field as Field };
}

/** What a mention says, with the evidence of each field. Of its own only the first: the words that tell it. */
function evidenceOf(mention: Mention): [Field, readonly Evidence[]][] {
  const people = [...mention.perpetrators, ...mention.targets, ...mention.claims];
  return [
    ["type", mention.evidence.slice(0, 1)],
    ["date", mention.date?.evidence ?? []],
    ["place", mention.place?.evidence ?? []],
    ["actors", people.flatMap((one) => one.evidence)],
    ["victims", mention.victims.flatMap((one) => one.evidence.slice(0, 1))],
    ["toll", TOLLS.flatMap((name) => mention[name]?.evidence ?? [])],
    ["weapons", mention.weapons.flatMap((one) => one.evidence)],
  ];
}
