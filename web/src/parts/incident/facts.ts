/** An incident's values one by one, each with the passages that it rests on. */

import type { Decision, Evidence, Incident, ToldArticle } from "../../lib/api";
import { datePrecision, eventType, placePrecision, toll, when } from "../../lib/format";
import { said, t } from "../../lib/t";
import { claimWords, isolated, placeWords } from "./words";

export const TOLLS = ["killed", "injured", "missing", "abducted"] as const;

/** The fields in the order in which they are shown. */
export const FIELDS = [
  ...["sub_event_type", "date", "place", "perpetrators", "targets", "victims", "weapons"],
  ...TOLLS,
  "claims",
] as const;

/** One value. `key` stays the same from one state of the incident to another as long as the words do. */
export interface Fact {
  key: string;
  field: string;
  words: string;
  /** What is to be known of it beside: how exact it is, how it is known. */
  note: string;
  evidence: readonly Evidence[];
}

/** All values of an incident; `articles` give the passages that tell of it at all. */
export function factsOf(incident: Incident, articles: readonly ToldArticle[]): Fact[] {
  const standing = new Set(incident.mentions.map((one) => one.id));
  const triggers = articles
    .flatMap((article) => article.mentions)
    .filter((mention) => standing.has(mention.id))
    .flatMap((mention) => mention.evidence.slice(0, 1).map((one) => ({ ...one, mention: mention.id })));
  const facts: Fact[] = [];
  const add = (field: string, words: string, note: string, evidence: readonly Evidence[] | undefined): void => {
    facts.push({ key: `${field} ${words}`, field, words, note, evidence: evidence ?? [] });
  };
  const { date, place } = incident;
  const general = eventType(incident.event_type);
  add("sub_event_type", eventType(incident.sub_event_type), t("incident.typeOf", { type: general }), triggers);
  if (date) add("date", when(date), datePrecision(date.precision), date.evidence);
  if (place) {
    const exact = placePrecision(place.precision);
    const km = place.radius_km ?? 0;
    const note = km > 0 ? t("incident.within", { precision: exact, km: Number(km.toFixed(km < 10 ? 1 : 0)) }) : exact;
    add("place", placeWords(place), note, place.evidence);
  }
  for (const one of incident.perpetrators)
    add("perpetrators", one.name, `${label("kind", one.kind)}, ${label("certainty", one.certainty)}`, one.evidence);
  for (const one of incident.targets) add("targets", one.name, label("kind", one.kind), one.evidence);
  for (const one of incident.victims) {
    const words = one.count === null ? one.name : t("incident.victims", { number: one.count, who: one.name });
    add("victims", words, `${label("group", one.group)}, ${label("outcome", one.outcome)}`, one.evidence);
  }
  for (const one of incident.weapons) add("weapons", one.name, "", one.evidence);
  for (const field of TOLLS) {
    const value = incident[field];
    if (value) add(field, toll(value), "", value.evidence);
  }
  for (const one of incident.claims) add("claims", claimWords(one.by, one.kind, one.via), "", one.evidence);
  const seen = new Map<string, number>();
  for (const fact of facts) {
    const times = seen.get(fact.key) ?? 0;
    seen.set(fact.key, times + 1);
    if (times) fact.key += ` (${times + 1})`;
  }
  return facts;
}

/** The fields of which nothing is told. */
export function silent(facts: readonly Fact[]): string[] {
  const told = new Set(facts.map((fact) => fact.field));
  return FIELDS.filter((field) => !told.has(field));
}

/** The decision that set each field: of two the later one. */
export function decidedFields(decisions: readonly Decision[]): Map<string, Decision> {
  const found = new Map<string, Decision>();
  for (const one of [...decisions].sort((a, b) => a.at.localeCompare(b.at))) {
    if (one.kind === "correct" && one.field) found.set(one.field, one);
    if (one.kind === "confirm" || one.kind === "retract") found.set("status", one);
  }
  return found;
}

/** What happened, where and when in one line; how exactly the place is known is part of it. */
export function titleOf(incident: Pick<Incident, "sub_event_type" | "date" | "place">): string {
  const { date, place } = incident;
  const type = eventType(incident.sub_event_type);
  const day = when(date);
  if (!place) return t("incident.title.nowhere", { type, when: day });
  const exact = place.precision;
  const key = exact <= 1 ? "exact" : exact === 2 ? "near" : exact >= 3 && exact <= 4 ? "inside" : "vague";
  const told = { type, place: isolated(placeWords(place)), when: day, precision: placePrecision(exact) };
  return t(`incident.title.${key}`, told);
}

function label(kind: string, value: string): string {
  return said(`incident.${kind}.${value}`, value);
}
