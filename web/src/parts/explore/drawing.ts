/** Drawing a box or a shape on the map, with mouse or finger; Escape stops, Enter closes a shape. */

import type { Map as MapLibre, MapMouseEvent, MapTouchEvent } from "maplibre-gl";

import type { Box } from "../../lib/state.svelte";
import { boxAround } from "./circles";
import { EMPTY, setData } from "./layers";
import { MOST_CORNERS, type Corner } from "./shapes";

export type Tool = "box" | "shape";

interface Answers {
  box: (box: Box) => void;
  shape: (shape: Corner[]) => void;
  /** The tool was laid down. */
  stopped: () => void;
}

/** Longitudes as the API takes them. */
function wrapped(lon: number): number {
  return ((((lon + 180) % 360) + 360) % 360) - 180;
}

function polygon(ring: readonly Corner[]): GeoJSON.Feature {
  const closed = [...ring, ring[0] as Corner];
  return { type: "Feature", properties: {}, geometry: { type: "Polygon", coordinates: [closed] } };
}

function corners([west, south, east, north]: Box): Corner[] {
  const right = west > east ? east + 360 : east;
  return [
    [west, south],
    [right, south],
    [right, north],
    [west, north],
  ];
}

export class Drawing {
  #map: MapLibre;
  #answers: Answers;
  #tool: Tool | null = null;
  #from: Corner | null = null;
  #ring: Corner[] = [];
  #kept: GeoJSON.GeoJSON = EMPTY;

  constructor(map: MapLibre, answers: Answers) {
    this.#map = map;
    this.#answers = answers;
    map.on("mousedown", (event) => this.#press(event));
    map.on("mousemove", (event) => this.#move(event));
    map.on("mouseup", (event) => this.#release(event));
    map.on("touchstart", (event) => this.#press(event));
    map.on("touchmove", (event) => this.#move(event));
    map.on("touchend", (event) => this.#release(event));
    map.on("click", (event) => this.#click(event));
    map.on("dblclick", (event) => {
      if (this.#tool !== "shape") return;
      event.preventDefault();
      this.#close();
    });
    map.getContainer().addEventListener("keydown", (event) => {
      if (!this.#tool) return;
      if (event.key === "Escape") this.#answers.stopped();
      if (event.key === "Enter" && this.#tool === "shape") this.#close();
    });
  }

  /** Takes up a tool, or lays it down. */
  use(tool: Tool | null): void {
    this.#tool = tool;
    this.#from = null;
    this.#ring = [];
    const map = this.#map;
    map.getCanvas().style.cursor = tool ? "crosshair" : "";
    if (tool) map.doubleClickZoom.disable();
    else map.doubleClickZoom.enable();
    if (tool === "box") map.dragPan.disable();
    else map.dragPan.enable();
    if (tool) map.getCanvas().focus();
    setData(map, "drawn", this.#kept);
  }

  /** Shows the box and the shape that the list is limited to. */
  show(box: Box | null, shape: Corner[]): void {
    const rings = [shape.length > 2 ? shape : null, box ? corners(box) : null].filter((ring) => ring !== null);
    this.#kept = { type: "FeatureCollection", features: rings.map(polygon) };
    if (!this.#tool) setData(this.#map, "drawn", this.#kept);
  }

  #press(event: MapMouseEvent | MapTouchEvent): void {
    if (this.#tool !== "box") return;
    event.preventDefault();
    this.#from = [event.lngLat.lng, event.lngLat.lat];
  }

  #move(event: MapMouseEvent | MapTouchEvent): void {
    const here: Corner = [event.lngLat.lng, event.lngLat.lat];
    if (this.#tool === "box" && this.#from) setData(this.#map, "drawn", polygon(this.#boxRing(here)));
    if (this.#tool !== "shape" || !this.#ring.length) return;
    const line = [...this.#ring, here];
    setData(
      this.#map,
      "drawn",
      line.length > 2
        ? polygon(line)
        : { type: "Feature", properties: {}, geometry: { type: "LineString", coordinates: line } },
    );
  }

  #release(event: MapMouseEvent | MapTouchEvent): void {
    if (this.#tool !== "box" || !this.#from) return;
    const ring = this.#boxRing([event.lngLat.lng, event.lngLat.lat]);
    this.#from = null;
    const box = boxAround(ring);
    if (!box || box[2] - box[0] < 1e-4 || box[3] - box[1] < 1e-4) return; // a click is no box
    this.#finish(box);
  }

  #boxRing(here: Corner): Corner[] {
    const from = this.#from ?? here;
    return [from, [here[0], from[1]], here, [from[0], here[1]]];
  }

  #click(event: MapMouseEvent): void {
    if (this.#tool !== "shape") return;
    const first = this.#ring[0];
    if (first && this.#ring.length > 2) {
      const at = this.#map.project(first);
      if (Math.hypot(at.x - event.point.x, at.y - event.point.y) < 10) {
        this.#close();
        return;
      }
    }
    if (this.#ring.length < MOST_CORNERS) this.#ring.push([event.lngLat.lng, event.lngLat.lat]);
  }

  #close(): void {
    // a double click has set its corner twice
    const ring = this.#ring.filter((corner, at) => {
      const last = this.#ring[at - 1];
      return !last || Math.hypot(corner[0] - last[0], corner[1] - last[1]) > 1e-6;
    });
    if (ring.length < 3) return;
    this.#answers.stopped();
    this.#answers.shape(ring);
  }

  #finish(box: Box): void {
    const wide = box[2] - box[0] >= 360;
    const west = wide ? -180 : wrapped(box[0]);
    const east = wide ? 180 : wrapped(box[2]);
    this.#answers.stopped();
    this.#answers.box([west, Math.max(-90, box[1]), east, Math.min(90, box[3])]);
  }
}
