/** How values are written: days with their precision, tolls with what is not known about them. */

import type { DateValue, PlaceValue, Toll } from "./api";
import { locale, plainNumber, said, t } from "./t";

// Making a formatter takes longer than using it a hundred times; a long list uses them at every step.
const dates = new Map<string, Intl.DateTimeFormat>();
function dateStyle(options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = locale() + JSON.stringify(options);
  let made = dates.get(key);
  if (!made) dates.set(key, (made = new Intl.DateTimeFormat(locale(), { ...options, timeZone: "UTC" })));
  return made;
}

/** A number with its separators. */
export function number(value: number): string {
  return plainNumber(value);
}

/** An ISO day as "4 Mar 2024"; what is no day comes back as it is. */
export function day(iso: string, style: "short" | "long" = "short"): string {
  const at = new Date(`${iso.slice(0, 10)}T00:00:00Z`);
  if (Number.isNaN(at.getTime())) return iso;
  const month = style === "long" ? "long" : "short";
  return dateStyle({ day: "numeric", month, year: "numeric" }).format(at);
}

/** An ISO moment as day and time in UTC. */
export function moment(iso: string): string {
  const at = new Date(iso);
  if (Number.isNaN(at.getTime())) return iso;
  return dateStyle({
    day: "numeric",
    month: "short",
    year: "numeric",
    hour: "2-digit",
    minute: "2-digit",
    timeZoneName: "short",
  }).format(at);
}

/** When it was: a day, a range, a month or a year, as exactly as is known; without a date it says so. */
export function when(date: DateValue | null): string {
  if (!date) return t("format.noDate");
  if (date.start === date.end) return date.precision > 1 ? t("format.around", { day: day(date.start) }) : day(date.start);
  const [from, to] = [new Date(`${date.start}T00:00:00Z`), new Date(`${date.end}T00:00:00Z`)];
  const next = new Date(to.getTime() + 86_400_000);
  if (from.getUTCDate() === 1 && next.getUTCDate() === 1) {
    const months = (next.getUTCFullYear() - from.getUTCFullYear()) * 12 + next.getUTCMonth() - from.getUTCMonth();
    if (months === 1)
      return dateStyle({ month: "long", year: "numeric" }).format(from);
    if (months === 12 && from.getUTCMonth() === 0) return String(from.getUTCFullYear());
  }
  return dateStyle({ day: "numeric", month: "short", year: "numeric" }).formatRange(from, to);
}

/** Where it was, from small to large, each name once: "Riyadh, Hawija, Kirkuk, IQ". */
export function where(place: Pick<PlaceValue, "name" | "admin1" | "admin2" | "country"> | null): string {
  if (!place) return t("format.noPlace");
  const names = [place.name, place.admin2, place.admin1, place.country];
  return [...new Set(names.filter((name): name is string => !!name))].join(", ");
}

/**
 * How many: "3", "3 (2–5)" where sources differ, "2 or more" where the end is open, "0–3" without a best
 * figure, "–" where nobody says. Never a bare number for what is a range.
 */
export function toll(value: Toll | null): string {
  if (!value) return t("format.unknown");
  const { low, best, high } = value;
  const range = high === null ? (low === null ? null : t("format.orMore", { low })) : span(low, high);
  if (best === null) return range ?? t("format.unknown");
  if (low === best && high === best) return number(best);
  if (high === null && (low === null || low === best)) return t("format.orMore", { low: best });
  return range === null ? number(best) : `${number(best)} (${range})`;
}

/** The toll in words, for those who hear the page: "killed: 3, between 2 and 5". */
export function tollWords(label: string, value: Toll | null): string {
  if (!value) return t("format.tollUnknown", { label });
  return `${label}: ${toll(value)}`;
}

function span(low: number | null, high: number): string {
  if (low === null) return t("format.upTo", { high });
  return low === high ? number(low) : t("format.range", { low, high });
}

/** How exactly the place is known (UCDP where_prec 1 to 7), in words. */
export function placePrecision(precision: number): string {
  return said(`precision.place.${precision}`, t("format.unknown"));
}

/** How exactly the day is known (UCDP date_prec 1 to 5), in words. */
export function datePrecision(precision: number): string {
  return said(`precision.date.${precision}`, t("format.unknown"));
}

/** A status in the reader's language. */
export function status(value: string): string {
  return said(`status.${value}`, value);
}

/** An event type in the reader's language; the field's own English name where there is no other. */
export function eventType(value: string): string {
  return said(`type.${value}`, value);
}
