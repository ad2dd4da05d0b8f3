/** A release rule in words, for people who do not read YAML. */

import type { CentreView, Rule } from "../../lib/centre";
import { eventType, status } from "../../lib/format";
import { said, t } from "../../lib/t";
import { nameOf } from "../centre/centre";
import { fieldWords } from "./words";

/** What a rule says, a line each: to whom which incidents go, when, and which fields not exactly or not at all. */
export function ruleText(rule: Rule, view: CentreView | null): string[] {
  const areas = rule.areas.map((id) => view?.charter?.areas.find((area) => area.id === id)?.name ?? id);
  const to = rule.to.includes("*") ? t("releases.everyParty") : rule.to.map((id) => nameOf(view, id)).join(", ");
  const withheld = Object.keys(rule.fields).filter((field) => rule.fields[field] === "withheld");
  const coarse = Object.entries(rule.fields).filter(([, grain]) => grain !== "withheld" && grain !== "exact");
  const nothing = rule.release === "nothing";
  return [
    nothing ? t("releases.ruleNothing", { to }) : t("releases.ruleTo", { to, label: rule.tlp }),
    areas.length ? t("releases.ruleAreas", { areas: areas.join(", ") }) : t("releases.ruleEverywhere"),
    rule.types.length ? t("releases.ruleTypes", { types: rule.types.map(eventType).join(", ") }) : "",
    rule.statuses.length ? t("releases.ruleStatuses", { statuses: rule.statuses.map(status).join(", ") }) : "",
    nothing ? "" : rule.after_hours ? t("releases.ruleAfter", { count: rule.after_hours }) : t("releases.ruleAtOnce"),
    rule.approval ? t("releases.ruleApproval") : "",
    ...coarse.map(([field, grain]) =>
      t("releases.ruleCoarse", { field: fieldWords(field), grain: said(`releases.grain.${grain}`, grain) }),
    ),
    withheld.length ? t("releases.ruleWithheld", { fields: withheld.map(fieldWords).join(", ") }) : "",
  ].filter(Boolean);
}
