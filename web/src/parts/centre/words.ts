/** The charter's expectations and the centre's counts in words. */

import type { AnswerTime, CentreView, PartyRow } from "../../lib/centre";
import { said, t } from "../../lib/t";

/** A request's kind in words; "incident" for incidents in contested areas. */
export function kindWords(kind: string): string {
  return said(`requests.kind.${kind}`, kind);
}

/** One expectation: "Information, urgent: acknowledged within 2 hours, answered within 24 hours, then X is asked". */
export function hoursWords(one: AnswerTime, name: (id: string) => string): string {
  const priority = one.priority ? said(`requests.priority.${one.priority}`, one.priority) : "";
  const head = priority ? t("centre.kindPriority", { kind: kindWords(one.kind), priority }) : kindWords(one.kind);
  const parts = [
    one.acknowledge_hours === null ? "" : t("centre.acknowledgeWithin", { count: one.acknowledge_hours }),
    one.answer_hours === null ? "" : t("centre.answerWithin", { count: one.answer_hours }),
    one.escalate_to.length ? t("centre.escalateTo", { names: one.escalate_to.map(name).join(", ") }) : "",
  ].filter(Boolean);
  return `${head}: ${parts.join(", ") || t("centre.nothingExpected")}`;
}

/** What came from a party, in one line. */
export function cameWords({ received }: PartyRow): string {
  const parts = [t("centre.shown", { count: received.shown })];
  if (received.withdrawn) parts.push(t("centre.theyWithdrew", { count: received.withdrawn }));
  if (received.held) parts.push(t("centre.theyHeld", { count: received.held }));
  return parts.join(", ");
}

/** What went to a party, in one line; withdrawals without receipt are told apart. */
export function wentWords({ sent }: PartyRow): string {
  const parts = [t("centre.released", { count: sent.released })];
  if (sent.withdrawn) parts.push(t("centre.withdrawn", { count: sent.withdrawn }));
  return parts.join(", ");
}

/** Why we can't ask a party ourselves; "" where it has an address. */
export function unasked(party: PartyRow, view: Pick<CentreView, "charter" | "parties">): string {
  if (party.address !== null) return "";
  if (view.charter?.relay) return t("centre.throughRelay");
  return t(view.parties.find((one) => one.me)?.address ? "centre.theyFetch" : "centre.noLine");
}
