/** Values as a person writes them when correcting an incident. The server reads them and says the last word. */

import type { Incident } from "../../lib/api";
import { t } from "../../lib/t";

/** The fields that a decision can set. */
export const CORRECTABLE = [
  ...["killed", "injured", "missing", "abducted", "date", "place", "sub_event_type", "perpetrators", "status"],
] as Correctable[];
export type Correctable =
  | "killed"
  | "injured"
  | "missing"
  | "abducted"
  | "date"
  | "place"
  | "sub_event_type"
  | "perpetrators"
  | "status";

const NUMBER = /^(\d{1,7}\+|up to \d{1,7}|\d{1,7}((\.\.|-)\d{1,7}|\/\d{1,7}\/\d{1,7})?)$/;
const DAY = /^\d{4}(-\d\d(-\d\d)?)?(\.\.\d{4}(-\d\d(-\d\d)?)?)?$/;

/** How a field's value is written. */
export function hintOf(field: Correctable): string {
  if (field === "date" || field === "place" || field === "perpetrators") return t(`incident.hint.${field}`);
  return field === "sub_event_type" || field === "status" ? t("incident.hint.choose") : t("incident.hint.toll");
}

/** Whether what is written can be a value of the field at all. */
export function readable(field: Correctable, written: string): boolean {
  const text = written.trim().toLowerCase();
  if (!text) return false;
  if (field === "sub_event_type" || field === "status") return text !== "none";
  if (text === "none" || field === "place" || field === "perpetrators") return true;
  const tight = text.replace(/\s*(\.\.|-|\/|\+)\s*/g, "$1");
  return field === "date" ? DAY.test(tight) : NUMBER.test(tight);
}

/** An incident's value as it would be written, to begin with. */
export function writtenOf(incident: Incident, field: Correctable): string {
  if (field === "sub_event_type" || field === "status") return incident[field];
  if (field === "perpetrators") return incident.perpetrators.map((one) => one.name).join("; ");
  if (field === "date") {
    const date = incident.date;
    return date ? (date.start === date.end ? date.start : `${date.start}..${date.end}`) : "";
  }
  if (field === "place") {
    const place = incident.place;
    if (!place) return "";
    const names = [place.name, place.admin2, place.admin1, place.country];
    const words = [...new Set(names.filter(Boolean))].join(", ");
    return place.precision === 2 ? `near ${words}` : words;
  }
  const { low, best, high } = incident[field] ?? { low: null, best: null, high: null };
  if (low === null) return high === null ? (best === null ? "" : String(best)) : `up to ${high}`;
  if (high === null) return `${low}+`;
  if (low === high) return String(low);
  return best === null ? `${low}..${high}` : `${low}/${best}/${high}`;
}
