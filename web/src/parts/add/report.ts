/** A field report as its form holds it, checked and turned into what the API takes. */

export const COUNTS = ["killed", "injured", "missing", "abducted"] as const;
export const HOW_KNOWN = ["seen", "told by a witness", "told by an official", "local media", "other"] as const;
export const VICTIMS = ["civilian", "state", "nonstate", "unknown"] as const;

/** All as it is typed; "" is not said. Tolls are the least and the most. */
export interface Form {
  what: string;
  start: string;
  end: string;
  name: string;
  admin2: string;
  admin1: string;
  country: string;
  lat: string;
  lon: string;
  who: string;
  targets: string;
  weapon: string;
  victims: string;
  killed: [string, string];
  injured: [string, string];
  missing: [string, string];
  abducted: [string, string];
  how_known: string;
  how_words: string;
  notes: string;
  by: string;
  organisation: string;
}
export type Name = keyof Form;

export const emptyForm = (by: string): Form => ({
  what: "",
  start: "",
  end: "",
  name: "",
  admin2: "",
  admin1: "",
  country: "",
  lat: "",
  lon: "",
  who: "",
  targets: "",
  weapon: "",
  victims: "",
  killed: ["", ""],
  injured: ["", ""],
  missing: ["", ""],
  abducted: ["", ""],
  how_known: "",
  how_words: "",
  notes: "",
  by,
  organisation: "",
});

/** The first field that is wrong or missing, in the order of the form; null where all can be sent. */
export function firstWrong(form: Form, today: string): Name | null {
  if (!form.what) return "what";
  if (!form.start || form.start > today) return "start";
  if (form.end && (form.end < form.start || form.end > today)) return "end";
  const hasPoint = form.lat.trim() !== "" || form.lon.trim() !== "";
  if (!form.name.trim() && !hasPoint) return "name";
  if (hasPoint && !within(form.lat, 90)) return "lat";
  if (hasPoint && !within(form.lon, 180)) return "lon";
  for (const name of COUNTS) {
    const [low = "", high = ""] = form[name].map((one) => one.trim());
    if ([low, high].some((one) => one !== "" && !/^\d{1,7}$/.test(one))) return name;
    if (low && high && Number(low) > Number(high)) return name;
  }
  return form.how_known ? null : "how_known";
}

function within(written: string, most: number): boolean {
  return written.trim() !== "" && Math.abs(Number(written)) <= most;
}

/** The form's field for the API's name of it ("where.name", "when.start"); null where it has none. */
export function fieldOf(name: string | null): Name | null {
  const parts = (name ?? "").split(".");
  const last = { when: "start", where: "name" }[name ?? ""] ?? parts.find((part) => part in emptyForm(""));
  return (last as Name | undefined) ?? null;
}

/** What the API takes; what is not said is left out. */
export function bodyOf(form: Form): Record<string, unknown> {
  const count = ([low, high]: [string, string]): object => said({ low: digits(low), high: digits(high) });
  return said({
    what: form.what,
    when: said({ start: form.start, end: form.end }),
    where: said({
      name: plain(form.name),
      admin2: plain(form.admin2),
      admin1: plain(form.admin1),
      country: plain(form.country),
      lat: digits(form.lat),
      lon: digits(form.lon),
    }),
    who: names(form.who),
    targets: names(form.targets),
    weapon: plain(form.weapon),
    victims: form.victims,
    killed: count(form.killed),
    injured: count(form.injured),
    missing: count(form.missing),
    abducted: count(form.abducted),
    how_known: form.how_known,
    how_words: form.how_words.trim(),
    notes: form.notes.trim(),
    by: plain(form.by),
    organisation: plain(form.organisation),
  });
}

const plain = (text: string): string => text.trim().replace(/\s+/g, " ");
const digits = (text: string): number | null => (text.trim() ? Number(text) : null);
const names = (text: string): string[] => text.split(";").map(plain).filter(Boolean);

function said(of: Record<string, unknown>): Record<string, unknown> {
  const empty = (value: unknown): boolean =>
    value === null || value === "" || (typeof value === "object" && !Object.keys(value).length);
  return Object.fromEntries(Object.entries(of).filter(([, value]) => !empty(value)));
}
