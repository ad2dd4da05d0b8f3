/** Incidents that may be the same as one: those near it in time and space. */

import type { Incident, Row } from "../../lib/api";

type Told = Pick<Incident, "id" | "date" | "place">;

const DAYS = 14;
const DAY = 86_400_000; // milliseconds
const KM = 50;
const KM_A_DEGREE = 111.2;
/** How many are offered. */
export const MOST_NEAR = 8;

/** The filters of the incidents near one; null where neither its day nor its place is known. */
export function nearQuery({ date, place }: Told): URLSearchParams | null {
  const asked = new URLSearchParams({ status: "all" });
  if (date) {
    asked.set("since", shifted(date.start, -DAYS));
    asked.set("until", shifted(date.end, DAYS));
  }
  if (place?.lat != null && place.lon != null) {
    const high = KM / KM_A_DEGREE;
    const wide = high / Math.max(Math.cos((place.lat * Math.PI) / 180), 0.1);
    const [west, east] = [Math.max(place.lon - wide, -180), Math.min(place.lon + wide, 180)];
    const box = [west, Math.max(place.lat - high, -90), east, Math.min(place.lat + high, 90)];
    asked.set("bbox", box.map((side) => Number(side.toFixed(4))).join(","));
  }
  return asked.has("since") || asked.has("bbox") ? asked : null;
}

/** The nearest ones, the nearest first; never the incident itself. A day counts as much as four kilometres. */
export function nearestOf(rows: readonly Row[], to: Told): Row[] {
  return rows
    .filter((row) => row.id !== to.id)
    .map((row) => ({ row, far: daysBetween(row, to) * (KM / DAYS) + kmBetween(row, to) }))
    .sort((a, b) => a.far - b.far)
    .slice(0, MOST_NEAR)
    .map(({ row }) => row);
}

/** The id in what somebody wrote: the id itself, or the address of an incident's page. */
export function idIn(written: string): string {
  const path = written.trim().replace(/[?#].*$/, "");
  const last = path.slice(path.lastIndexOf("/") + 1);
  try {
    return decodeURIComponent(last);
  } catch {
    return last;
  }
}

function shifted(day: string, days: number): string {
  const at = new Date(Date.parse(`${day}T00:00:00Z`) + days * DAY);
  return Number.isNaN(at.getTime()) ? day : at.toISOString().slice(0, 10);
}

// What is not known is as far away as what is asked for reaches.
function daysBetween(a: Pick<Told, "date">, b: Pick<Told, "date">): number {
  if (!a.date || !b.date) return DAYS;
  const apart = Math.max(Date.parse(a.date.start) - Date.parse(b.date.end), Date.parse(b.date.start) - Date.parse(a.date.end));
  return Math.max(apart / DAY, 0);
}

function kmBetween(a: Pick<Told, "place">, b: Pick<Told, "place">): number {
  if (a.place?.lat == null || a.place.lon == null || b.place?.lat == null || b.place.lon == null) return KM;
  const north = (a.place.lat - b.place.lat) * KM_A_DEGREE;
  const east = (a.place.lon - b.place.lon) * KM_A_DEGREE * Math.cos((a.place.lat * Math.PI) / 180);
  return Math.hypot(north, east);
}
