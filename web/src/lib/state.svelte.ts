/** The filters that every view shares. They live in the address alone, so that every view is a permalink. */

import { query, setParams } from "./router.svelte";

/** West, south, east, north in degrees; west > east crosses the date line. */
export type Box = readonly [number, number, number, number];

export interface Filters {
  since: string;
  until: string;
  area: string;
  bbox: Box | null;
  /** A drawn shape, as the API takes it: "lon,lat;lon,lat;...". */
  within: string;
  type: string[];
  actor: string;
  text: string;
  status: string[];
  as_of: string;
  policy: string;
  min_killed: string;
  precision: string;
}

const SINGLE = [
  "since", "until", "area", "within", "actor", "text", "as_of", "policy", "min_killed", "precision",
] as const;
const MANY = ["type", "status"] as const;

/** The filters that a query holds; what is not valid counts as not given. */
export function filtersOf(params: URLSearchParams): Filters {
  const box = (params.get("bbox") ?? "").split(",").map(Number);
  const valid = box.length === 4 && box.every(Number.isFinite) && params.get("bbox") !== "";
  const single = Object.fromEntries(SINGLE.map((key) => [key, params.get(key) ?? ""]));
  const many = Object.fromEntries(MANY.map((key) => [key, params.getAll(key)]));
  return { ...single, ...many, bbox: valid ? (box as unknown as Box) : null } as Filters;
}

/** The filters of the open page (reactive). */
export function filters(): Filters {
  return filtersOf(query());
}

/** Changes some filters and leaves the others; the back button undoes it when `push` is given. */
export function setFilters(change: Partial<Filters>, { push = true }: { push?: boolean } = {}): void {
  const { bbox, ...rest } = change;
  setParams("bbox" in change ? { ...rest, bbox: bbox ? boxText(bbox) : null } : rest, { push });
}

/** Takes all filters out. */
export function clearFilters(): void {
  const keys = [...SINGLE, ...MANY, "bbox"];
  setParams(Object.fromEntries(keys.map((key) => [key, null])), { push: true });
}

/** The filters as the API's query, each value once and always in the same order; "" for none. */
export function filterQuery(of: Filters): URLSearchParams {
  const params = new URLSearchParams();
  for (const key of SINGLE) if (of[key]) params.set(key, of[key]);
  for (const key of MANY) for (const value of [...of[key]].sort()) params.append(key, value);
  if (of.bbox) params.set("bbox", boxText(of.bbox));
  return params;
}

/** How many filters are set. */
export function filterCount(of: Filters): number {
  return new Set(filterQuery(of).keys()).size;
}

/** A box as the API takes it, to about ten metres. */
export function boxText(box: Box): string {
  return box.map((side) => Number(side.toFixed(4))).join(",");
}
