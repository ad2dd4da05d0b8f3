/** The columns of the list: how wide they are and what they sort by; views that the browser keeps. */

import type { Sort } from "../../lib/api";
import type { Key } from "../../lib/t";

export type Column = "date" | "type" | "place" | "killed" | "injured" | "who" | "target" | "status" | "sources" | "updated";

export interface ColumnSpec {
  id: Column;
  text: Key;
  /** As a track of a CSS grid. */
  width: string;
  /** Sorts that a click on the heading goes through. */
  sorts: Sort[];
  number?: boolean;
}

export const COLUMNS: ColumnSpec[] = [
  { id: "date", text: "list.date", width: "9.5rem", sorts: ["-date", "date"] },
  { id: "type", text: "list.type", width: "minmax(11rem, 1.4fr)", sorts: [] },
  { id: "place", text: "list.place", width: "minmax(11rem, 1.6fr)", sorts: [] },
  { id: "killed", text: "list.killed", width: "6.5rem", sorts: ["-killed"], number: true },
  { id: "injured", text: "list.injured", width: "6.5rem", sorts: [], number: true },
  { id: "who", text: "list.who", width: "minmax(9rem, 1.2fr)", sorts: [] },
  { id: "target", text: "list.target", width: "minmax(9rem, 1.2fr)", sorts: [] },
  { id: "status", text: "list.status", width: "7.5rem", sorts: [] },
  { id: "sources", text: "list.sources", width: "5.5rem", sorts: [], number: true },
  { id: "updated", text: "list.updated", width: "7.5rem", sorts: ["-updated"] },
];

/** The sorts of the API; what else an address holds is the newest first. */
export function sortOf(text: string | null): Sort {
  const all: Sort[] = ["-date", "date", "-killed", "-updated"];
  return all.find((one) => one === text) ?? "-date";
}

/** The sort after a click on a column: its next one, then the newest first again. */
export function nextSort(column: ColumnSpec, now: Sort): Sort {
  const at = column.sorts.indexOf(now);
  return column.sorts[at + 1] ?? "-date"; // at -1: the column's first
}

/** What a screen reader is told of a heading. */
export function ariaSort(column: ColumnSpec, now: Sort): "ascending" | "descending" | "none" | undefined {
  if (!column.sorts.length) return undefined;
  if (!column.sorts.includes(now)) return "none";
  return now.startsWith("-") ? "descending" : "ascending";
}

/** A kept view: a name and the query that it is. */
export interface SavedView {
  name: string;
  search: string;
}

const KEY = "seamwatch.views";

/** The views that this browser keeps; none where it keeps nothing or something else. */
export function savedViews(): SavedView[] {
  try {
    const all: unknown = JSON.parse(localStorage.getItem(KEY) ?? "[]");
    if (!Array.isArray(all)) return [];
    return all.filter(
      (one): one is SavedView => typeof one?.name === "string" && typeof one?.search === "string",
    );
  } catch {
    return [];
  }
}

/** Keeps the views; false where the browser refuses (a private window, no room). */
export function keepViews(views: readonly SavedView[]): boolean {
  try {
    localStorage.setItem(KEY, JSON.stringify(views));
    return true;
  } catch {
    return false;
  }
}
