/** What we know beside exactly what a party receives, field by field, and why. */

import type { Evidence, Incident, MentionRef } from "../../lib/api";
import type { Content, FieldReason, Order, PreviewItem } from "../../lib/centre";
import { datePrecision, eventType, placePrecision, status, toll, when } from "../../lib/format";
import { t } from "../../lib/t";
import { TOLLS } from "../incident/facts";
import { claimWords, placeWords } from "../incident/words";
import { RELEASE_FIELDS } from "./words";

/** How a field arrives: as we have it, less exactly, not at all; or there is nothing to give. */
export type Fate = "given" | "coarse" | "withheld" | "nothing" | "later";

export interface CompareRow {
  field: string;
  known: string[];
  received: string[];
  fate: Fate;
  /** The rule's words for it. */
  reason: string;
}

/** All fields, the type of the event first. `known` may be missing: then only what is received is shown. */
export function compareRows(known: Incident | null, item: Pick<PreviewItem, "content" | "reasons">): CompareRow[] {
  const { content, reasons } = item;
  const because = new Map(reasons.map((one) => [one.field, one]));
  const type = row("sub_event_type", known ? typeWords(known) : [], typeWords(content?.incident ?? {}), content, because);
  return [
    { ...type, reason: type.reason || (content ? t("releases.typeAlways") : "") },
    ...RELEASE_FIELDS.map((field) =>
      row(field, known ? wordsOf(field, known, null) : [], wordsOf(field, content?.incident ?? {}, content), content, because),
    ),
  ];
}

function row(
  field: string,
  known: string[],
  received: string[],
  content: Content | null,
  because: ReadonlyMap<string, FieldReason>,
): CompareRow {
  const reason = because.get(field);
  return { field, known, received, fate: fateOf(field, known, received, content, reason?.grain), reason: reason?.text ?? "" };
}

function fateOf(field: string, known: string[], received: string[], content: Content | null, grain?: string): Fate {
  if (grain === "withheld" || content?.withheld?.includes(field)) return known.length ? "withheld" : "nothing";
  if (!content) return known.length ? "later" : "nothing";
  if (!received.length) return known.length ? "withheld" : "nothing";
  return (grain && grain !== "exact") || content.coarse?.[field] ? "coarse" : "given";
}

type Told = Partial<Incident>;

function typeWords(told: Told): string[] {
  const name = told.sub_event_type ?? told.event_type;
  return name ? [eventType(name)] : [];
}

/** The values of a field in words; `content` is set for what is received, whose sources lie beside it. */
export function wordsOf(field: string, told: Told, content: Content | null): string[] {
  const { date, place } = told;
  switch (field) {
    case "date":
      return date ? [when(date), datePrecision(date.precision)] : [];
    case "place": {
      if (!place) return [];
      const km = place.radius_km ?? 0;
      const exact = placePrecision(place.precision);
      const note = km > 0 ? t("incident.within", { precision: exact, km: Number(km.toFixed(km < 10 ? 1 : 0)) }) : exact;
      const at = place.lat === null || place.lon === null ? [] : [`${place.lat.toFixed(3)}, ${place.lon.toFixed(3)}`];
      return [placeWords(place), note, ...at];
    }
    case "perpetrators":
    case "targets":
    case "weapons":
      return (told[field] ?? []).map((one) => one.name);
    case "victims":
      return (told.victims ?? []).map((one) =>
        one.count === null ? one.name : t("incident.victims", { number: one.count, who: one.name }),
      );
    case "killed":
    case "injured":
    case "missing":
    case "abducted": {
      const value = told[field];
      return value ? [toll(value)] : [];
    }
    case "claims":
      return (told.claims ?? []).map((one) => claimWords(one.by, one.kind, one.via));
    case "status":
      return told.status ? [status(told.status)] : [];
    case "sources":
      return content ? [...(content.sources ?? [])] : sourcesOf(told.mentions ?? []);
    case "quotes": {
      const count = new Set(quotesOf(told)).size;
      return count ? [t("incident.quotes", { count })] : [];
    }
    default:
      return [];
  }
}

function sourcesOf(mentions: readonly MentionRef[]): string[] {
  return [...new Set(mentions.map((one) => one.source ?? t("incident.noSource")))];
}

/** Every quote that stands behind a value. */
function quotesOf(told: Told): string[] {
  const evidence: (Evidence[] | undefined)[] = [told.date?.evidence, told.place?.evidence];
  for (const field of TOLLS) evidence.push(told[field]?.evidence);
  for (const list of [told.perpetrators, told.targets, told.victims, told.weapons, told.claims])
    for (const one of list ?? []) evidence.push(one.evidence);
  return evidence.flatMap((some) => some ?? []).map((one) => one.quote);
}

/** The fields that an order withholds from a party, none of which a later order gave again. */
export function withheldByOrder(orders: readonly Order[], to: string): Set<string> {
  const fields = new Set<string>();
  for (const one of [...orders].sort((a, b) => a.number - b.number)) {
    if (!one.field || (one.to !== null && one.to !== to)) continue;
    if (one.kind === "withhold_field") fields.add(one.field);
    if (one.kind === "release") fields.delete(one.field);
  }
  return fields;
}

/** How many fields arrive in which way: for one line above the table. */
export function tally(rows: readonly CompareRow[]): Record<Fate, number> {
  const counts: Record<Fate, number> = { given: 0, coarse: 0, withheld: 0, nothing: 0, later: 0 };
  for (const one of rows) counts[one.fate] += 1;
  return counts;
}
