/** True shapes on the globe: a circle of so many kilometres around a point, and boxes of points. */

import type { Box } from "../../lib/state.svelte";

const EARTH = 6371.0088; // mean radius in km
const RAD = Math.PI / 180;

/** A ring of points at `km` around a point; longitudes may pass 180 so that the ring stays in one piece. */
export function circle(lon: number, lat: number, km: number, points = 64): [number, number][] {
  const turn = Math.min(km / EARTH, Math.PI / 2);
  const [sin, cos] = [Math.sin(lat * RAD), Math.cos(lat * RAD)];
  const ring: [number, number][] = [];
  for (let at = 0; at < points; at += 1) {
    const bearing = (2 * Math.PI * at) / points;
    const north = Math.asin(sin * Math.cos(turn) + cos * Math.sin(turn) * Math.cos(bearing));
    const east = Math.atan2(
      Math.sin(bearing) * Math.sin(turn) * cos,
      Math.cos(turn) - sin * Math.sin(north),
    );
    ring.push([lon + east / RAD, north / RAD]);
  }
  ring.push(ring[0] as [number, number]);
  return ring;
}

/** The box around points; null without points. */
export function boxAround(points: readonly (readonly [number, number])[]): Box | null {
  if (!points.length) return null;
  const lons = points.map((point) => point[0]);
  const lats = points.map((point) => point[1]);
  return [Math.min(...lons), Math.min(...lats), Math.max(...lons), Math.max(...lats)];
}

/** What two boxes share; null where they are apart. Boxes across the date line are left as `inner`. */
export function meet(inner: Box | null, outer: Box | null): Box | null {
  if (!inner || !outer) return inner ?? outer;
  if (inner[0] > inner[2] || outer[0] > outer[2]) return inner;
  const box: Box = [
    Math.max(inner[0], outer[0]),
    Math.max(inner[1], outer[1]),
    Math.min(inner[2], outer[2]),
    Math.min(inner[3], outer[3]),
  ];
  return box[0] < box[2] && box[1] < box[3] ? box : null;
}

/** A map's view as the API's box: longitudes brought into -180 to 180; the whole world is no box. */
export function viewBox(west: number, south: number, east: number, north: number): Box | null {
  if (east - west >= 360) return null;
  const wrap = (lon: number): number => ((((lon + 180) % 360) + 360) % 360) - 180;
  return [wrap(west), Math.max(south, -90), wrap(east), Math.min(north, 90)];
}

/** The box that holds most of the points: far-away single ones are left out, so that one stray is no world map. */
export function mostOf(points: readonly (readonly [number, number])[]): Box | null {
  if (points.length < 20) return boxAround(points);
  const cut = Math.floor(points.length * 0.04);
  const lons = points.map((point) => point[0]).sort((a, b) => a - b);
  const lats = points.map((point) => point[1]).sort((a, b) => a - b);
  const last = points.length - 1 - cut;
  return [lons[cut] ?? 0, lats[cut] ?? 0, lons[last] ?? 0, lats[last] ?? 0];
}
