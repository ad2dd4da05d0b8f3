/** A drawn shape as the address and the API hold it: "lon,lat;lon,lat;...". */

export type Corner = [number, number];
/** The API takes no more corners. */
export const MOST_CORNERS = 100;

/** The corners of a shape, with longitudes that run on over the date line; none where it is no shape. */
export function cornersOf(text: string): Corner[] {
  const corners = text.split(";").filter(Boolean).map((corner) => corner.split(",").map(Number));
  if (corners.length < 3 || !corners.every((one) => one.length === 2 && one.every(Number.isFinite))) return [];
  const ring: Corner[] = [];
  for (const [lon = 0, lat = 0] of corners) {
    const before = ring.at(-1)?.[0] ?? lon;
    ring.push([lon - 360 * Math.round((lon - before) / 360), lat]);
  }
  return ring;
}

/** A drawn ring as the API takes it, to about a metre: each side goes the shorter way, so wide ones are parted. */
export function shapeText(ring: readonly Corner[]): string {
  const turn = 360 * Math.round((ring[0]?.[0] ?? 0) / 360);
  const corners: string[] = [];
  ring.forEach(([lon, lat], at) => {
    const [nextLon, nextLat] = ring[(at + 1) % ring.length] ?? [lon, lat];
    const parts = Math.max(1, Math.ceil(Math.abs(nextLon - lon) / 170));
    for (let part = 0; part < parts; part += 1) {
      const x = lon - turn + ((nextLon - lon) * part) / parts;
      const y = Math.min(90, Math.max(-90, lat + ((nextLat - lat) * part) / parts));
      corners.push(`${Number(x.toFixed(5))},${Number(y.toFixed(5))}`);
    }
  });
  return corners.join(";");
}
