/** Periods of the timeline: which days a bucket of `/summary` stands for, and how fine the bars should be. */

import type { Bucket, SummaryBy } from "../../lib/api";
import { locale } from "../../lib/t";

export type By = Extract<SummaryBy, "day" | "week" | "month" | "year">;

export interface Bar extends Bucket {
  /** First and last day. */
  since: string;
  until: string;
  /** The middle in seconds of the epoch, for the axis. */
  at: number;
}

const DAY = 86_400_000;

/** The ISO day of a moment. */
export function isoDay(at: number): string {
  return new Date(at).toISOString().slice(0, 10);
}

function dayAt(iso: string): number {
  return Date.parse(`${iso}T00:00:00Z`);
}

/** First and last day of a bucket: "2024", "2024-03", "2024-W10", "2024-03-04"; null for other keys. */
export function daysOf(key: string | null, by: By): { since: string; until: string } | null {
  if (key === null) return null;
  const week = /^(\d{4})-W(\d{2})$/.exec(key);
  if (week) {
    const fourth = Date.UTC(Number(week[1]), 0, 4); // always in the first week
    const monday = fourth - ((new Date(fourth).getUTCDay() + 6) % 7) * DAY + (Number(week[2]) - 1) * 7 * DAY;
    return { since: isoDay(monday), until: isoDay(monday + 6 * DAY) };
  }
  if (/^\d{4}$/.test(key)) return { since: `${key}-01-01`, until: `${key}-12-31` };
  const month = /^(\d{4})-(\d{2})$/.exec(key);
  if (month) {
    const last = Date.UTC(Number(month[1]), Number(month[2]), 0);
    return { since: `${key}-01`, until: isoDay(last) };
  }
  if (!/^\d{4}-\d{2}-\d{2}$/.test(key)) return null;
  return { since: key, until: by === "week" ? isoDay(dayAt(key) + 6 * DAY) : key };
}

/** Buckets as bars in order of time, with those that hold nothing in between; other keys are left out. */
export function barsOf(buckets: readonly Bucket[], by: By): Bar[] {
  const found: Bar[] = [];
  for (const bucket of buckets) {
    const days = daysOf(bucket.key, by);
    if (days) found.push(bar(bucket, days));
  }
  found.sort((a, b) => a.at - b.at);
  const filled: Bar[] = [];
  for (const one of found) {
    let last = filled.at(-1);
    // gaps are drawn as nothing, not as neighbours; a stray date must not make a million bars
    while (last && filled.length < 4000) {
      const since = isoDay(dayAt(last.until) + DAY);
      if (since >= one.since) break;
      last = bar({ key: since, incidents: 0, killed: 0, injured: 0 }, spanFrom(since, by));
      filled.push(last);
    }
    filled.push(one);
  }
  return filled;
}

function bar(bucket: Bucket, days: { since: string; until: string }): Bar {
  return { ...bucket, ...days, at: (dayAt(days.since) + dayAt(days.until) + DAY) / 2000 };
}

function spanFrom(since: string, by: By): { since: string; until: string } {
  const start = new Date(dayAt(since));
  const [year, month] = [start.getUTCFullYear(), start.getUTCMonth()];
  if (by === "year") return { since, until: `${year}-12-31` };
  if (by === "month") return { since, until: isoDay(Date.UTC(year, month + 1, 0)) };
  return { since, until: by === "week" ? isoDay(start.getTime() + 6 * DAY) : since };
}

/** How fine bars should be for a span of days, so that there are some dozens and they can be hit. */
export function byFor(since: string, until: string): By {
  const days = (dayAt(until) - dayAt(since)) / DAY + 1;
  if (days <= 120) return "day";
  if (days <= 730) return "week";
  return days <= 365 * 16 ? "month" : "year";
}

/** A bar's name for people. */
export function barName(one: Pick<Bar, "since" | "until">, by: By): string {
  const start = new Date(dayAt(one.since));
  const style: Intl.DateTimeFormatOptions =
    by === "year"
      ? { year: "numeric" }
      : by === "month"
        ? { month: "long", year: "numeric" }
        : { day: "numeric", month: "short", year: "numeric" };
  const format = new Intl.DateTimeFormat(locale(), { ...style, timeZone: "UTC" });
  return by === "week" ? format.formatRange(start, new Date(dayAt(one.until))) : format.format(start);
}
