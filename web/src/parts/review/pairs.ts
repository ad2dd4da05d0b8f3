/** What two tellings have in common and what not, and how much each reason weighs, in words. */

import type { Told } from "../../lib/api";
import { eventType, toll, when } from "../../lib/format";
import { placeWords } from "../incident/words";

export interface Reason {
  feature: string;
  weight: number;
  text: string;
}

/** A weight below this says nothing either way. */
const FAINT = 0.05;
export type Strength = "decisive" | "strong" | "some" | "slight";

/** How much a reason weighs: log-odds of 3 are 20 to 1, of 1.5 are 4 to 1, of 0.5 are 5 to 3. */
export function strengthOf(weight: number): Strength {
  const size = Math.abs(weight);
  return size >= 3 ? "decisive" : size >= 1.5 ? "strong" : size >= 0.5 ? "some" : "slight";
}

/** The reasons for and against, the weightiest first. What is said of any two tellings ("prior") is left out. */
export function parted(reasons: readonly Reason[]): { agrees: Reason[]; differs: Reason[] } {
  const own = reasons.filter((one) => one.feature !== "prior" && Math.abs(one.weight) > FAINT);
  own.sort((a, b) => Math.abs(b.weight) - Math.abs(a.weight));
  return { agrees: own.filter((one) => one.weight > 0), differs: own.filter((one) => one.weight < 0) };
}

export type Verdict = "agree" | "differ" | "one";

export interface ComparedRow {
  field: string;
  left: string;
  right: string;
  /** "one": only one of the two says something. */
  verdict: Verdict;
}

/** The two tellings field by field; a field of which neither says anything has no row. */
export function compared(left: Told, right: Told): ComparedRow[] {
  const [one, other] = [wordsOf(left), wordsOf(right)];
  return Object.keys(one)
    .map((field) => ({ field, left: one[field] ?? "", right: other[field] ?? "" }))
    .filter((row) => row.left || row.right)
    .map((row) => ({ ...row, verdict: verdictOf(row.left, row.right) }));
}

function verdictOf(left: string, right: string): Verdict {
  if (!left || !right) return "one";
  return left.toLowerCase() === right.toLowerCase() ? "agree" : "differ";
}

function wordsOf(told: Told): Record<string, string> {
  const names = (list: readonly { name: string }[]): string => [...new Set(list.map((one) => one.name))].join(", ");
  return {
    sub_event_type: eventType(told.sub_event_type),
    date: told.date ? when(told.date) : "",
    place: told.place ? placeWords(told.place) : "",
    perpetrators: names(told.perpetrators),
    targets: names(told.targets),
    weapons: names(told.weapons),
    killed: told.killed ? toll(told.killed) : "",
    injured: told.injured ? toll(told.injured) : "",
    missing: told.missing ? toll(told.missing) : "",
    abducted: told.abducted ? toll(told.abducted) : "",
  };
}
