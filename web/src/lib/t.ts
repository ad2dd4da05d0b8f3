/** All texts come from one catalogue a language; the code knows only their keys. */

import en from "../texts/en.json";

type Catalogue = typeof en;
/** A key of the catalogue. `x_one` and `x_other` are asked for as `x`, with `{count}`. */
export type Key = keyof Catalogue | PluralOf<keyof Catalogue>;
type PluralOf<K> = K extends `${infer Base}_other` ? Base : never;

const CATALOGUES: Record<string, Partial<Record<string, string>>> = { en };
const RIGHT_TO_LEFT = new Set(["ar", "ckb", "fa", "he", "ur"]);

let language = "en";
let plurals = new Intl.PluralRules("en");
let numbers: Intl.NumberFormat | undefined;

/** Sets the language and the direction of the page: `?lang=` or the browser's, else English. */
export function useLanguage(): void {
  const asked = new URLSearchParams(location.search).get("lang") ?? navigator.language;
  const short = asked.toLowerCase().split("-")[0] ?? "en";
  language = short in CATALOGUES ? short : "en";
  plurals = new Intl.PluralRules(language);
  numbers = undefined;
  document.documentElement.lang = language;
  document.documentElement.dir = RIGHT_TO_LEFT.has(language) ? "rtl" : "ltr";
}

/** The language of the texts, for `Intl`. */
export function locale(): string {
  return language === "en" ? "en-GB" : language;
}

/** A number with its separators. */
export function plainNumber(value: number): string {
  numbers ??= new Intl.NumberFormat(locale());
  return numbers.format(value);
}

/** The text of a key with `{names}` filled in; with `count` its singular or plural. */
export function t(key: Key, values: Record<string, string | number> = {}): string {
  const count = values.count;
  const form = typeof count === "number" ? find(`${key}_${plurals.select(count)}`) ?? find(`${key}_other`) : undefined;
  const text = form ?? find(key) ?? key;
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => {
    const value = values[name];
    if (value === undefined) return whole;
    return typeof value === "number" ? plainNumber(value) : value;
  });
}

/** The text of a key that is made at run time ("status." + status); without an entry, `fallback`. */
export function said(key: string, fallback: string): string {
  return find(key) ?? fallback;
}

function find(key: string): string | undefined {
  return CATALOGUES[language]?.[key] ?? CATALOGUES.en?.[key];
}
