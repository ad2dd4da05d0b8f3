/** Values of disagreements, revisions and decisions, which are plain JSON, in words. */

import type { DateValue, PlaceValue, Toll } from "../../lib/api";
import { eventType, number, status, toll, when, where } from "../../lib/format";
import { locale, said, t } from "../../lib/t";

type Json = Record<string, unknown>;

/** Words of an article's language inside a sentence of ours: neither turns the other's direction round. */
export function isolated(text: string): string {
  return `\u2068${text}\u2069`;
}

/** Where it was, with the country by its name. */
export function placeWords(place: PlaceValue): string {
  return where({ ...place, country: countryName(place.country) });
}

function countryName(code: string | null): string | null {
  if (!code || !/^[A-Z]{2}$/.test(code)) return code;
  return new Intl.DisplayNames(locale(), { type: "region" }).of(code) ?? code;
}

/** A field in the reader's language: "sub_event_type" as "type". */
export function fieldWords(field: string): string {
  return said(`incident.field.${field}`, field.replaceAll("_", " "));
}

/** What somebody says of responsibility. */
export function claimWords(by: string, kind: string, via: string | null | undefined): string {
  const words = said(`incident.claim.${kind}`, `{by} ${kind}`).replace("{by}", () => isolated(by));
  return via ? t("incident.claim.via", { claim: words, via: isolated(via) }) : words;
}

/** A value of a field in words; "not known" where there is none. */
export function valueWords(value: unknown, field = ""): string {
  if (value === null || value === undefined) return t("incident.notKnown");
  if (Array.isArray(value)) return value.map((one) => valueWords(one)).join(", ") || t("incident.notKnown");
  if (typeof value === "number") return number(value);
  if (typeof value !== "object") {
    if (field === "status") return status(String(value));
    return field === "sub_event_type" ? eventType(String(value)) : isolated(String(value));
  }
  const json = value as Json;
  if ("low" in json && "high" in json) return toll({ best: null, ...json } as unknown as Toll);
  if ("start" in json && "end" in json) return when({ precision: 1, ...json } as unknown as DateValue);
  if ("by" in json && "kind" in json)
    return claimWords(String(json.by), String(json.kind), json.via as string | null | undefined);
  if ("country" in json) {
    const place = { name: null, admin1: null, admin2: null, ...json } as unknown as PlaceValue;
    const words = isolated(placeWords(place));
    return place.precision === 2 ? t("incident.near", { place: words }) : words;
  }
  if ("name" in json) return isolated(String(json.name));
  return Object.entries(json)
    .map(([key, one]) => `${fieldWords(key)} ${valueWords(one, key)}`)
    .join(", ");
}

/** What a party tells of an incident, field by field. */
export function tellingWords(values: Record<string, unknown>): string {
  return Object.entries(values)
    .map(([field, value]) =>
      field === "sub_event_type" || field === "date" || field === "place"
        ? valueWords(value, field)
        : `${fieldWords(field)} ${valueWords(value, field)}`,
    )
    .join("; ");
}
