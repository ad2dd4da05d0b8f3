/** The own base map's style, in light and dark. Labels are drawn with the machine's fonts: nothing is fetched. */

import type { LayerSpecification, StyleSpecification } from "maplibre-gl";

interface Colours {
  sea: string;
  land: string;
  border: string;
  division: string;
  disputed: string;
  label: string;
  country: string;
  halo: string;
  town: string;
}

const LIGHT: Colours = {
  sea: "#cfdfe6",
  land: "#f5f4ef",
  border: "#7d7a86",
  division: "#c2c0c6",
  disputed: "#8f5a5a",
  label: "#4a5054",
  country: "#5c5568",
  halo: "#fbfaf6",
  town: "#6d7478",
};
const DARK: Colours = {
  sea: "#0d1b22",
  land: "#1d292d",
  border: "#8b8a99",
  division: "#3d4c52",
  disputed: "#c98f8f",
  label: "#b6c2c5",
  country: "#b3adc4",
  halo: "#141d20",
  town: "#97a5a9",
};

export const ATTRIBUTION =
  "Natural Earth; GeoNames (CC BY 4.0); Empirical Studies of Conflict (ESOC) Iraq district boundaries";

/** Names of fonts that machines have; the first that is there is taken. */
export const FONTS = ["system-ui", "Segoe UI", "Noto Sans", "Noto Sans Arabic", "DejaVu Sans", "Arial", "sans-serif"];

/** The style with the base map alone; incidents and areas are added to it. */
export function basemapStyle(dark: boolean): StyleSpecification {
  const c = dark ? DARK : LIGHT;
  const text = (size: unknown, colour: string): Partial<LayerSpecification> =>
    ({
      layout: { "text-field": ["get", "name"], "text-font": FONTS, "text-size": size, "text-max-width": 8 },
      paint: { "text-color": colour, "text-halo-color": c.halo, "text-halo-width": 1.4 },
    }) as Partial<LayerSpecification>;
  const from = { source: "basemap" } as const;
  return {
    version: 8,
    name: "Seamwatch",
    sources: {
      basemap: {
        type: "vector",
        url: `pmtiles://${location.origin}/basemap.pmtiles`,
        attribution: ATTRIBUTION,
      },
    },
    layers: [
      { id: "sea", type: "background", paint: { "background-color": c.sea } },
      { id: "land", type: "fill", ...from, "source-layer": "land", paint: { "fill-color": c.land } },
      {
        id: "divisions",
        type: "line",
        ...from,
        "source-layer": "borders",
        filter: ["all", ["==", ["get", "level"], 1], ["!=", ["get", "disputed"], true]],
        paint: { "line-color": c.division, "line-width": ["interpolate", ["linear"], ["zoom"], 3, 0.4, 8, 1.4] },
      },
      {
        id: "borders",
        type: "line",
        ...from,
        "source-layer": "borders",
        filter: ["all", ["==", ["get", "level"], 0], ["!=", ["get", "disputed"], true]],
        paint: { "line-color": c.border, "line-width": ["interpolate", ["linear"], ["zoom"], 0, 0.4, 8, 1.8] },
      },
      {
        id: "borders-disputed",
        type: "line",
        ...from,
        "source-layer": "borders",
        filter: ["==", ["get", "disputed"], true],
        paint: { "line-color": c.disputed, "line-width": 1.2, "line-dasharray": [3, 2] },
      },
      {
        id: "towns",
        type: "circle",
        ...from,
        "source-layer": "places",
        filter: ["<=", ["get", "rank"], ["zoom"]],
        paint: { "circle-radius": 1.8, "circle-color": c.land, "circle-stroke-color": c.town, "circle-stroke-width": 1 },
      },
      {
        id: "town-names",
        type: "symbol",
        ...from,
        "source-layer": "places",
        filter: ["<=", ["get", "rank"], ["zoom"]],
        layout: {
          ...(text(["interpolate", ["linear"], ["zoom"], 3, 10, 9, 13], c.label) as { layout: object }).layout,
          "text-anchor": "left",
          "text-offset": [0.45, 0],
          "symbol-sort-key": ["get", "rank"],
        },
        paint: { "text-color": c.label, "text-halo-color": c.halo, "text-halo-width": 1.4 },
      },
      {
        id: "division-names",
        type: "symbol",
        ...from,
        "source-layer": "labels",
        minzoom: 5,
        filter: ["!=", ["get", "kind"], "country"],
        ...text(11, c.country),
      } as LayerSpecification,
      {
        id: "country-names",
        type: "symbol",
        ...from,
        "source-layer": "labels",
        maxzoom: 7,
        filter: ["==", ["get", "kind"], "country"],
        ...text(["interpolate", ["linear"], ["zoom"], 1, 9, 6, 15], c.country),
      } as LayerSpecification,
    ],
  };
}
