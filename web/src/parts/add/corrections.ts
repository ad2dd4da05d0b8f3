/** What a person corrects in an extraction before it is stored. Afterwards each is a decision. */

import { pointsOf, type Extraction, type Mention } from "../../lib/api";

/** The fields that a decision can set, in the order of a card. */
export const CORRECTABLE = [
  "sub_event_type",
  "date",
  "place",
  "perpetrators",
  "killed",
  "injured",
  "missing",
  "abducted",
] as const;
export type Correctable = (typeof CORRECTABLE)[number];

/** A value as a person writes it, and the words of the article that it was taken from, if any. */
export interface Correction {
  written: string;
  quote: string;
}

/** Corrections by mention (see `keyOf`), then by field. */
export type Corrections = Record<string, Partial<Record<Correctable, Correction>>>;

const DAY = /^\d{4}(-\d\d(-\d\d)?)?$/;
const WORDS: Record<string, number> = Object.fromEntries(
  (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen " +
    "seventeen eighteen nineteen twenty"
  )
    .split(" ")
    .map((word, value) => [word, value]),
);
const SMALL: Record<string, number> = { ...WORDS, no: 0, nobody: 0, none: 0, a: 1, an: 1, dozen: 12 };

/** What a mention is known by while its article is edited: the words that tell of it, and what they tell. */
export function keyOf({ evidence, sub_event_type, date, place }: Mention): string {
  return [evidence[0]?.quote, sub_event_type, date?.start, place?.name].join(" | ");
}

/**
 * What selected words (UTF-16 units of the text) mean for a field: a number that they name, a day or a place
 * that the reader recognised there, else the words themselves.
 */
export function taken(field: Correctable, from: number, to: number, text: string, of: Extraction): string {
  const words = text.slice(from, to).replace(/\s+/g, " ").trim();
  const [first, last] = [pointsOf(text, from), pointsOf(text, to)];
  const over = <T extends { start: number; end: number }>(found: readonly T[]): T | undefined =>
    found.find((one) => one.start < last && one.end > first);
  if (field === "date") {
    const day = over(of.dates)?.value.slice(0, 10) ?? words;
    return DAY.test(day) ? day : words;
  }
  if (field === "place") {
    const place = over(of.places);
    if (!place?.country) return words;
    return [...new Set([place.name, place.admin2, place.admin1, place.country].filter(Boolean))].join(", ");
  }
  if (field === "perpetrators" || field === "sub_event_type") return words.replace(/^the\s+/i, "");
  const digits = /\d{1,7}/.exec(words.replace(/(\d),(\d{3})/g, "$1$2"))?.[0];
  if (digits) return digits;
  const named = words.toLowerCase().match(/[a-z]+/g) ?? [];
  const known = named.find((word) => word in SMALL);
  return known === undefined ? words : String(SMALL[known]);
}

/** Those of the corrections whose mention is still there. */
export function kept(corrections: Corrections, of: Extraction): Corrections {
  const keys = new Set(of.mentions.map(keyOf));
  return Object.fromEntries(Object.entries(corrections).filter(([key]) => keys.has(key)));
}
