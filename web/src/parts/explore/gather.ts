/** Makes of what the tiles hold what the map draws: single incidents, clusters, and shapes of imprecise places. */

/** An incident as tiles tell it. */
export interface TileIncident {
  id: string;
  type: string;
  sub_type?: string;
  status?: string;
  killed?: number;
  injured?: number;
  precision?: number;
  radius_km?: number;
  day?: number;
  mentions?: number;
}

/** Incidents at one point, or, from a tile that holds too many, the count of those in one cell. */
export interface Point {
  lon: number;
  lat: number;
  count: number;
  killed: number;
  type: string;
  /** The incidents themselves; empty where the tile only counts them. */
  incidents: TileIncident[];
}

/** What is drawn as one mark, with the box of what is in it. */
export interface Mark extends Point {
  box: [number, number, number, number];
}

/** Incidents of one imprecise place, drawn as one shape of its true size. */
export interface Reach extends Point {
  precision: number;
  radius: number;
  /** Hatched; where too many overlap, or one fills the view, hatching would hide the map. */
  hatched: boolean;
  /** Outlined, for the same reason. */
  lined: boolean;
  /** A mark stands at its centre already and counts its incidents. */
  silent: boolean;
}

/** The coarsest precision that is a dot at every zoom (UCDP where_prec: 1 exact, 2 near). */
export const EXACT = 2;
const SIZE = 512; // pixels of the world at zoom 0
const CELL = 44; // pixels within which marks become one
const LEAST_RADIUS = 26; // pixels from which a shape is worth drawing
const MOST_RADIUS = 420; // pixels beyond which hatching fills the view
const MOST_HATCHED = 10;
const MOST_LINED = 30;
const EQUATOR = 40_075.017; // km

/** Pixels of a point at a zoom, from the north-west corner of the world. */
export function project(lon: number, lat: number, zoom: number): [number, number] {
  const scale = SIZE * 2 ** zoom;
  const sin = Math.sin((Math.min(85.05, Math.max(-85.05, lat)) * Math.PI) / 180);
  return [((lon + 180) / 360) * scale, (0.5 - Math.log((1 + sin) / (1 - sin)) / (4 * Math.PI)) * scale];
}

/** Pixels of so many kilometres at a latitude and a zoom. */
export function pixelsOf(km: number, lat: number, zoom: number): number {
  return ((km / (EQUATOR * Math.cos((lat * Math.PI) / 180))) * SIZE) * 2 ** zoom;
}

/** What is drawn at a zoom: marks, and shapes where they are large enough to be seen. */
export function gather(points: readonly Point[], zoom: number): { marks: Mark[]; reaches: Reach[] } {
  const dots: Point[] = [];
  const reaches = new Map<string, Reach>();
  // Where a tile only counts, its imprecise ones are not known: shapes in the next tile alone would mislead.
  const counted = points.some((point) => !point.incidents.length);
  for (const point of points) {
    const one = point.incidents[0];
    const precision = one?.precision ?? 1;
    const radius = one?.radius_km ?? 0;
    if (counted || !one || precision <= EXACT || pixelsOf(radius, point.lat, zoom) < LEAST_RADIUS) {
      dots.push(point);
      continue;
    }
    const key = `${point.lon.toFixed(2)},${point.lat.toFixed(2)},${radius},${precision}`;
    const reach = reaches.get(key);
    if (reach) join(reach, point);
    else {
      const incidents = [...point.incidents];
      reaches.set(key, { ...point, precision, radius, incidents, hatched: false, lined: false, silent: false });
    }
  }
  const marks = merge(dots, zoom);
  const order = [...reaches.values()].sort((a, b) => b.count - a.count);
  let hatched = 0;
  order.forEach((reach, at) => {
    const wide = pixelsOf(reach.radius, reach.lat, zoom);
    reach.lined = at < MOST_LINED && wide < MOST_RADIUS * 4;
    reach.hatched = reach.lined && wide < MOST_RADIUS && reach.precision <= 4 && hatched < MOST_HATCHED;
    if (reach.hatched) hatched += 1;
    const [x, y] = project(reach.lon, reach.lat, zoom);
    const near = marks.find((mark) => {
      const [mx, my] = project(mark.lon, mark.lat, zoom);
      return Math.hypot(mx - x, my - y) < CELL / 2;
    });
    if (!near) return;
    reach.silent = true;
    absorb(near, markOf(reach));
  });
  return { marks, reaches: order };
}

function join(into: Point, from: Point): void {
  into.count += from.count;
  into.killed += from.killed;
  into.incidents.push(...from.incidents);
  if (into.type !== from.type) into.type = ""; // of several types
}

/** Marks that would cover one another become one, at their common centre. */
function merge(points: readonly Point[], zoom: number): Mark[] {
  const cells = new Map<string, Mark>();
  for (const point of points) {
    const [x, y] = project(point.lon, point.lat, zoom);
    const key = `${Math.floor(x / CELL)},${Math.floor(y / CELL)}`;
    const mark = cells.get(key);
    if (mark) absorb(mark, markOf(point));
    else cells.set(key, markOf(point));
  }
  // The cells' edges must not part what lies side by side: the larger take in close neighbours.
  const order = [...cells.values()].sort((a, b) => b.count - a.count);
  const kept: Mark[] = [];
  const near = new Map<string, Mark[]>();
  for (const mark of order) {
    const [x, y] = project(mark.lon, mark.lat, zoom);
    const [column, row] = [Math.floor(x / CELL), Math.floor(y / CELL)];
    let taken = false;
    for (let dx = -1; dx <= 1 && !taken; dx += 1)
      for (let dy = -1; dy <= 1 && !taken; dy += 1)
        for (const other of near.get(`${column + dx},${row + dy}`) ?? []) {
          const [ox, oy] = project(other.lon, other.lat, zoom);
          if (Math.hypot(ox - x, oy - y) >= CELL * 0.85) continue;
          absorb(other, mark);
          taken = true;
          break;
        }
    if (taken) continue;
    kept.push(mark);
    const key = `${column},${row}`;
    near.set(key, [...(near.get(key) ?? []), mark]);
  }
  return kept;
}

function markOf(point: Point): Mark {
  return { ...point, incidents: [...point.incidents], box: [point.lon, point.lat, point.lon, point.lat] };
}

function absorb(into: Mark, from: Mark): void {
  const whole = into.count + from.count;
  into.lon = (into.lon * into.count + from.lon * from.count) / whole;
  into.lat = (into.lat * into.count + from.lat * from.count) / whole;
  into.box = [
    Math.min(into.box[0], from.box[0]),
    Math.min(into.box[1], from.box[1]),
    Math.max(into.box[2], from.box[2]),
    Math.max(into.box[3], from.box[3]),
  ];
  join(into, from);
}

/** Whether zooming in can part what a mark holds: not where all of it lies at one point. */
export function opens(mark: Mark, zoom: number, deepest: number): boolean {
  const [west, south, east, north] = mark.box;
  return zoom < deepest - 0.5 && (east - west > 1e-3 || north - south > 1e-3 || mark.incidents.length < mark.count);
}
