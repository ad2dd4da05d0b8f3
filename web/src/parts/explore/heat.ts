/** Heat as a rate: incidents a month, on a scale that is the same for every period of a view. */

const MONTH = 30.44 * 86_400_000; // ms: the mean month
/** Zooms, and how many pixels around an incident are warmed by it there. */
export const RADII = [[0, 18], [6, 28], [10, 40]] as const;
/** Where on the scale the colours stand, from a hundredth of its top: each is about three times the one before. */
export const COLOURS = [
  [0.01, "rgba(70,130,160,0.6)"],
  [0.0316, "rgba(120,190,150,0.7)"],
  [0.1, "rgba(245,205,90,0.8)"],
  [0.316, "rgba(230,120,40,0.88)"],
  [1, "rgba(170,25,35,0.92)"],
] as const;
/** How hot one point of weight 1 is where it stands: MapLibre's kernel is a Gaussian, a third of the radius wide. */
const PEAK = 0.3989422804014327;
const TILE = 512; // pixels of the page
const EQUATOR = 40_075; // km

export interface Heat {
  /** Days from and to, of the incidents that are counted. */
  since: string;
  until: string;
  months: number;
  /** Incidents a month in the period, of all that is seen. */
  rate: number;
  /** The same over all the time of the timeline; null where no period is chosen in it. */
  whole: number | null;
  /** The rate that the hottest colour stands for. */
  top: number;
}

/** How many mean months two days and those between them are. */
export function monthsOf(since: string, until: string): number {
  return (Date.parse(until) - Date.parse(since) + 86_400_000) / MONTH;
}

/** The top of the scale for a view with so many incidents a month: 1, 3, 10, 30, ..., or parts of them. */
export function topOf(rate: number): number {
  // A quarter of what is seen in one place is as hot as it gets.
  const power = Math.floor(Math.log10(Math.max(rate / 4, 0.1)));
  const top = 10 ** power;
  return Number((rate / 4 > 3 * top ? 10 * top : rate / 4 > top ? 3 * top : top).toPrecision(1));
}

/** What MapLibre multiplies each incident by, so that `top` incidents a month at one place are the hottest colour. */
export function intensity({ months, top }: Pick<Heat, "months" | "top">): number {
  return 1 / (months * top * PEAK);
}

/** How far from an incident its heat reaches at a zoom: the radius of the disc with as much heat, in km. */
export function reachKm(zoom: number, lat: number): number {
  const at = RADII.findIndex(([level]) => level > zoom);
  const [from, to] = [RADII[at < 0 ? RADII.length - 1 : at - 1], RADII[at < 0 ? RADII.length - 1 : at]];
  if (!from || !to) return 0;
  const part = to[0] > from[0] ? (zoom - from[0]) / (to[0] - from[0]) : 0;
  const pixels = from[1] + part * (to[1] - from[1]);
  const km = (EQUATOR * Math.cos((lat * Math.PI) / 180)) / (TILE * 2 ** zoom);
  return (pixels / 3) * Math.SQRT2 * km;
}

/** A number as a legend says it: two digits that count. */
export function rough(value: number): number {
  return Number(value.toPrecision(2));
}
