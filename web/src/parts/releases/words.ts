/** Fields and states of releases in words. */

import type { ReleaseState } from "../../lib/centre";
import { said, t } from "../../lib/t";

/** The fields that a rule can give, coarsen or withhold, in the order in which they are shown. */
export const RELEASE_FIELDS = [
  ...["date", "place", "perpetrators", "targets", "victims", "weapons"],
  ...["killed", "injured", "missing", "abducted", "claims", "status", "sources", "quotes"],
] as const;

export const TLPS = ["TLP:CLEAR", "TLP:GREEN", "TLP:AMBER", "TLP:AMBER+STRICT", "TLP:RED"] as const;
export const STATES = ["released", "waits", "approval", "held", "none"] as const satisfies ReleaseState[];

/** A sign beside each state, so that no colour is needed to tell them apart. */
export const SIGNS: Record<ReleaseState, string> = { released: "✓", waits: "◔", approval: "?", held: "■", none: "–" };

/** A field in the reader's language. */
export function fieldWords(field: string): string {
  return said(`releases.field.${field}`, said(`incident.field.${field}`, field.replaceAll("_", " ")));
}

/** A rule by its id: one of ours, or one of the charter's ("charter:ID"). */
export function ruleWords(rule: string): string {
  const id = rule.replace(/^charter:/, "");
  return t(id === rule ? "releases.rule" : "releases.charterRule", { id });
}
