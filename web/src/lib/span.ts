/** How long ago something was and how long something has still time, in words. */

import { locale, t } from "./t";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const NEAR = 45_000; // ms that count as now

type Unit = "minute" | "hour" | "day";

/** A stretch of milliseconds in its largest fitting unit: under an hour in minutes, under 48 hours in hours. */
export function lengthOf(milliseconds: number): { count: number; unit: Unit } {
  const long = Math.abs(milliseconds);
  if (long < 59.5 * MINUTE) return { count: Math.max(1, Math.round(long / MINUTE)), unit: "minute" };
  if (long < 48 * HOUR) return { count: Math.round(long / HOUR), unit: "hour" };
  return { count: Math.round(long / DAY), unit: "day" };
}

/** A stretch in words: "2 hours". */
export function spanWords(milliseconds: number): string {
  const { count, unit } = lengthOf(milliseconds);
  return new Intl.NumberFormat(locale(), { style: "unit", unit, unitDisplay: "long" }).format(count);
}

/** When it was or will be, seen from `now`: "3 minutes ago", "in 2 hours", "just now"; "never" for null. */
export function ago(iso: string | null | undefined, now: number): string {
  if (!iso) return t("span.never");
  const at = Date.parse(iso);
  if (Number.isNaN(at)) return iso;
  const past = now - at;
  // A clock that runs ahead a little must not make the past a future.
  if (Math.abs(past) < NEAR) return t("span.now");
  const { count, unit } = lengthOf(past);
  return new Intl.RelativeTimeFormat(locale(), { numeric: "always" }).format(past > 0 ? -count : count, unit);
}

/** How a deadline stands. `soon`: under a quarter of the time is left, or under two hours. */
export interface Deadline {
  state: "ahead" | "soon" | "overdue";
  words: string;
}

/** A deadline in words: "due in 3 hours", "overdue by 2 days". `from` is when the time began to run. */
export function deadlineOf(deadline: string, now: number, from?: string): Deadline {
  const left = Date.parse(deadline) - now;
  if (Number.isNaN(left)) return { state: "ahead", words: deadline };
  if (left < 0) return { state: "overdue", words: t("span.overdue", { span: spanWords(left) }) };
  const whole = from ? Date.parse(deadline) - Date.parse(from) : Number.NaN;
  const soon = left < 2 * HOUR || left < whole / 4;
  return { state: soon ? "soon" : "ahead", words: t("span.due", { span: spanWords(left) }) };
}
