/** How each ACLED event type is drawn: a shape of its own, so that colour alone never tells them apart. */

export type Slug = "battles" | "explosions" | "violence" | "protests" | "riots" | "strategic" | "other";

const SLUGS: Record<string, Slug> = {
  Battles: "battles",
  "Explosions/Remote violence": "explosions",
  "Violence against civilians": "violence",
  Protests: "protests",
  Riots: "riots",
  "Strategic developments": "strategic",
};

/** Outlines on a square of 24 units. */
export const SHAPES: Record<Slug, string> = {
  battles: "M12 2 22 12 12 22 2 12Z", // a diamond
  explosions:
    "M12 1l2.4 6 5.4-3.6-2.2 6.1 6.4.5-5.6 3.1 4 5-6.3-1.2L15.500 23 12 17.800 8.500 23l-.6-6.100-6.300 1.200 4-5L0 10l6.400-.5L4.200 3.400 9.600 7Z", // a burst
  violence: "M3.500 3.500h17v17h-17Z", // a square
  protests: "M12 2.500a9.500 9.500 0 1 1 0 19a9.500 9.500 0 1 1 0-19Z", // a disc
  riots: "M12 2 23 21.500H1Z", // a triangle
  strategic: "M6.500 2.800h11L23 12l-5.500 9.200h-11L1 12Z", // a hexagon
  other: "M9 2h6v7h7v6h-7v7H9v-7H2V9h7Z", // a cross
};

export const ALL_SLUGS = Object.keys(SHAPES) as Slug[];

/** The short name of an event type: of its shape and of its colour in styles.css. */
export function slugOf(eventType: string): Slug {
  return SLUGS[eventType] ?? "other";
}

/** The colour of a type as the page shows it now, for canvas and map. */
export function colourOf(slug: Slug): string {
  return token(`--type-${slug}`);
}

/** A design token's value now. */
export function token(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}
