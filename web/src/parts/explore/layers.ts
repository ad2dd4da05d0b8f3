/** What is drawn over the base map: incidents, where they may lie, areas, heat, what is being drawn. */

import type { ExpressionSpecification, LayerSpecification, Map as MapLibre } from "maplibre-gl";

import { ALL_SLUGS, colourOf, SHAPES, slugOf, token, type Slug } from "../../lib/eventTypes";
import { circle } from "./circles";
import type { Mark, Point, Reach, TileIncident } from "./gather";
import { COLOURS, intensity, RADII, type Heat } from "./heat";

export const EMPTY: GeoJSON.FeatureCollection = { type: "FeatureCollection", features: [] };
/** Layers whose features answer a click, the upper ones first. */
export const CLICKED = ["single-dots", "cluster-dots", "reach-centres", "reach-fills", "area-fills"];
const MARKS = ["single-dots", "cluster-dots", "cluster-counts", "reach-centres", "reach-fills", "reach-lines"];
const ICON = 24;
const SHARP = 2; // pixels of an image to one of the page

function canvas(size: number): CanvasRenderingContext2D {
  const element = document.createElement("canvas");
  element.width = element.height = size * SHARP;
  const pen = element.getContext("2d");
  if (!pen) throw new Error("this browser has no canvas");
  pen.scale(SHARP, SHARP);
  return pen;
}

function pixels(pen: CanvasRenderingContext2D): ImageData {
  return pen.getImageData(0, 0, pen.canvas.width, pen.canvas.height);
}

/** A type's shape: filled where the place is exact, hollow where it is near. */
function icon(slug: Slug, near: boolean): ImageData {
  const pen = canvas(ICON);
  const path = new Path2D(SHAPES[slug]);
  pen.translate(2, 2);
  pen.scale(20 / 24, 20 / 24);
  pen.lineJoin = "round";
  pen.lineWidth = 4;
  pen.strokeStyle = token("--surface");
  pen.stroke(path);
  pen.fillStyle = near ? token("--surface") : colourOf(slug);
  pen.fill(path);
  pen.lineWidth = near ? 3.4 : 1;
  pen.strokeStyle = near ? colourOf(slug) : token("--surface");
  pen.stroke(path);
  return pixels(pen);
}

/** Stripes that run on from one tile of the pattern to the next. */
function stripes(colour: string, falling: boolean, gap: number, width: number): ImageData {
  const pen = canvas(gap);
  pen.strokeStyle = colour;
  pen.lineWidth = width;
  for (const shift of [-gap, 0, gap]) {
    pen.beginPath();
    pen.moveTo(shift - 1, falling ? -1 : gap + 1);
    pen.lineTo(shift + gap + 1, falling ? gap + 1 : -1);
    pen.stroke();
  }
  return pixels(pen);
}

function addImages(map: MapLibre): void {
  const add = (name: string, image: ImageData): void => {
    if (map.hasImage(name)) map.removeImage(name);
    map.addImage(name, image, { pixelRatio: SHARP });
  };
  for (const slug of ALL_SLUGS) {
    add(`dot-${slug}`, icon(slug, false));
    add(`near-${slug}`, icon(slug, true));
    add(`reach-${slug}`, stripes(colourOf(slug), false, 9, 1.1));
  }
  add("area-disputed", stripes(token("--warn"), true, 12, 1.1));
}

/** An expression that gives each shape's colour. */
function colours(): ExpressionSpecification {
  const cases = ALL_SLUGS.flatMap((slug) => [slug, colourOf(slug)]);
  return ["match", ["get", "slug"], ...cases, colourOf("other")] as unknown as ExpressionSpecification;
}

const COUNT: ExpressionSpecification = [
  "case",
  [">=", ["get", "count"], 1e6],
  ["concat", ["to-string", ["/", ["round", ["/", ["get", "count"], 1e5]], 10]], "M"],
  [">=", ["get", "count"], 1e4],
  ["concat", ["to-string", ["round", ["/", ["get", "count"], 1000]]], "k"],
  ["to-string", ["get", "count"]],
];
const KILLED: ExpressionSpecification = ["coalesce", ["get", "killed"], 0];

/** The fonts of a style that has glyphs of its own; else those of the machine. */
export function fontsOf(map: MapLibre, own: string[]): string[] {
  const style = map.getStyle();
  if (!style.glyphs) return own;
  for (const layer of style.layers) {
    const font = layer.type === "symbol" ? layer.layout?.["text-font"] : undefined;
    if (Array.isArray(font) && font.every((name) => typeof name === "string")) return font as string[];
  }
  return own;
}

/** Adds all sources and layers to a style that was just loaded. */
export function addLayers(map: MapLibre, tiles: string, fonts: string[]): void {
  addImages(map);
  map.addSource("incidents", { type: "vector", tiles: [tiles], minzoom: 0, maxzoom: 14 });
  for (const name of ["areas", "reach", "centres", "marks", "drawn", "lit"]) map.addSource(name, { type: "geojson", data: EMPTY });
  const [accent, surface, ink] = [token("--accent"), token("--surface"), token("--ink")];
  const tiled = { source: "incidents", "source-layer": "incidents" } as const;
  const clustered = { source: "incidents", "source-layer": "clusters" } as const;
  const heat = (id: string, source: { source: string; "source-layer": string }, count: ExpressionSpecification) =>
    ({
      id,
      type: "heatmap",
      ...source,
      layout: { visibility: "none" },
      paint: {
        "heatmap-weight": count,
        "heatmap-radius": ["interpolate", ["linear"], ["zoom"], ...RADII.flat()],
        "heatmap-opacity": 0.75,
        "heatmap-color": [
          "interpolate", ["linear"], ["heatmap-density"],
          0, "rgba(70,130,160,0)", ...COLOURS.flat(),
        ],
      },
    }) as LayerSpecification;
  const layers: LayerSpecification[] = [
    {
      id: "area-fills",
      type: "fill",
      source: "areas",
      paint: {
        "fill-pattern": "area-disputed",
        "fill-opacity": ["case", ["==", ["get", "disputed"], true], 0.45, 0],
      },
    },
    {
      id: "area-lines",
      type: "line",
      source: "areas",
      paint: { "line-color": token("--warn"), "line-width": 1.2, "line-opacity": 0.75, "line-dasharray": [5, 2] },
    },
    {
      id: "reach-fills",
      type: "fill",
      source: "reach",
      filter: ["==", ["get", "hatched"], true],
      paint: { "fill-pattern": ["concat", "reach-", ["get", "slug"]], "fill-opacity": 0.4 },
    },
    {
      id: "reach-lines",
      type: "line",
      source: "reach",
      paint: {
        "line-color": colours(),
        "line-width": 1.2,
        "line-opacity": ["case", ["<=", ["get", "precision"], 4], 0.9, 0.45],
        "line-dasharray": [2, 2],
      },
    },
    heat("heat-incidents", tiled, ["literal", 1] as unknown as ExpressionSpecification),
    heat("heat-clusters", clustered, ["get", "count"]),
    // Drawn as nothing: they make the map load the tiles from which the marks are gathered.
    { id: "probe-incidents", type: "circle", ...tiled, paint: { "circle-radius": 1, "circle-opacity": 0 } },
    { id: "probe-clusters", type: "circle", ...clustered, paint: { "circle-radius": 1, "circle-opacity": 0 } },
    {
      id: "reach-centres",
      type: "symbol",
      source: "centres",
      layout: {
        "icon-image": ["concat", "near-", ["get", "slug"]],
        "icon-size": 1,
        "icon-allow-overlap": true,
        "text-field": ["case", [">", ["get", "count"], 1], COUNT, ""],
        "text-font": fonts,
        "text-size": 12,
        "text-allow-overlap": true,
        "text-offset": [0, 1.2],
      },
      paint: { "text-color": ink, "text-halo-color": surface, "text-halo-width": 1.6 },
    },
    {
      id: "cluster-dots",
      type: "circle",
      source: "marks",
      filter: [">", ["get", "count"], 1],
      paint: {
        "circle-color": surface,
        "circle-opacity": 0.94,
        "circle-stroke-color": colours(),
        "circle-stroke-width": 3,
        "circle-radius": ["interpolate", ["linear"], ["ln", ["get", "count"]], 0, 9, 4, 13, 8, 17, 13, 20],
      },
    },
    {
      id: "cluster-counts",
      type: "symbol",
      source: "marks",
      filter: [">", ["get", "count"], 1],
      layout: { "text-field": COUNT, "text-font": fonts, "text-size": 12, "text-allow-overlap": true },
      paint: { "text-color": ink },
    },
    {
      id: "single-dots",
      type: "symbol",
      source: "marks",
      filter: ["==", ["get", "count"], 1],
      layout: {
        "icon-image": ["concat", ["get", "icon"], "-", ["get", "slug"]],
        "icon-size": ["interpolate", ["linear"], ["sqrt", ["max", 0, KILLED]], 0, 0.6, 1, 0.7, 4, 1.05, 10, 1.6],
        "icon-allow-overlap": true,
        "icon-ignore-placement": true,
        "symbol-sort-key": ["-", 0, KILLED], // the small ones on top
      },
    },
    {
      id: "drawn-fill",
      type: "fill",
      source: "drawn",
      filter: ["==", ["geometry-type"], "Polygon"],
      paint: { "fill-color": accent, "fill-opacity": 0.07 },
    },
    {
      id: "drawn-line",
      type: "line",
      source: "drawn",
      paint: { "line-color": accent, "line-width": 2, "line-dasharray": [3, 2] },
    },
    {
      id: "lit",
      type: "circle",
      source: "lit",
      paint: {
        "circle-radius": 15,
        "circle-color": "rgba(0,0,0,0)",
        "circle-stroke-color": token("--focus"),
        "circle-stroke-width": 3,
      },
    },
  ];
  for (const layer of layers) map.addLayer(layer);
}

/** Shows heat in place of single incidents, or with null the other way round. */
export function showHeat(map: MapLibre, heat: Heat | null): void {
  const set = (ids: string[], shown: boolean): void => {
    for (const id of ids) map.setLayoutProperty(id, "visibility", shown ? "visible" : "none");
  };
  set(["heat-incidents", "heat-clusters"], heat !== null);
  set(MARKS, heat === null);
  if (!heat) return;
  for (const id of ["heat-incidents", "heat-clusters"]) map.setPaintProperty(id, "heatmap-intensity", intensity(heat));
}

/** Shows areas, or not. */
export function showAreas(map: MapLibre, on: boolean): void {
  for (const id of ["area-fills", "area-lines"]) map.setLayoutProperty(id, "visibility", on ? "visible" : "none");
}

/** The points that the loaded tiles hold, each incident once. */
export function pointsOf(map: MapLibre): Point[] {
  const found: Point[] = [];
  const seen = new Set<string>(); // neighbouring tiles hold the same incident
  for (const feature of map.querySourceFeatures("incidents", { sourceLayer: "incidents" })) {
    if (feature.geometry.type !== "Point") continue;
    const incident = feature.properties as TileIncident;
    if (seen.has(incident.id)) continue;
    seen.add(incident.id);
    const [lon = 0, lat = 0] = feature.geometry.coordinates;
    found.push({ lon, lat, count: 1, killed: incident.killed ?? 0, type: incident.type, incidents: [incident] });
  }
  for (const feature of map.querySourceFeatures("incidents", { sourceLayer: "clusters" })) {
    if (feature.geometry.type !== "Point") continue;
    const { count = 1, killed = 0, type = "" } = feature.properties as { count?: number; killed?: number; type?: string };
    const [lon = 0, lat = 0] = feature.geometry.coordinates;
    found.push({ lon, lat, count, killed, type, incidents: [] });
  }
  return found;
}

/** Puts marks and shapes on the map; `at` of a feature is its number in `marks` or in `reaches`. */
export function draw(map: MapLibre, marks: readonly Mark[], reaches: readonly Reach[]): void {
  const shapes: GeoJSON.Feature[] = [];
  const points = (all: readonly (Point & { silent?: boolean })[]): GeoJSON.Feature[] =>
    all.flatMap((one, at): GeoJSON.Feature[] => {
      if (one.silent) return [];
      const precision = one.incidents[0]?.precision ?? 1;
      return [{
        type: "Feature",
        properties: {
          at,
          slug: slugOf(one.type),
          icon: precision <= 1 ? "dot" : "near",
          count: one.count,
          killed: one.killed,
          precision,
        },
        geometry: { type: "Point", coordinates: [one.lon, one.lat] },
      }];
    });
  reaches.forEach((reach, at) => {
    if (!reach.lined) return;
    shapes.push({
      type: "Feature",
      properties: { at, slug: slugOf(reach.type), precision: reach.precision, hatched: reach.hatched },
      geometry: { type: "Polygon", coordinates: [circle(reach.lon, reach.lat, reach.radius)] },
    });
  });
  setData(map, "reach", { type: "FeatureCollection", features: shapes });
  setData(map, "centres", { type: "FeatureCollection", features: points(reaches) });
  setData(map, "marks", { type: "FeatureCollection", features: points(marks) });
}

/** Fills one of the sources that are the page's own. */
export function setData(map: MapLibre, name: string, data: GeoJSON.GeoJSON): void {
  const source = map.getSource(name);
  if (source && "setData" in source) (source as { setData: (data: GeoJSON.GeoJSON) => void }).setData(data);
}
