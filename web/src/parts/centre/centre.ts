/** What the pages of the centre derive from its state: names, stages, fingerprints to read aloud. */

import type { CentreView, PartyRow, Withdrawal } from "../../lib/centre";

/** How far the centre is set up here: no party, no charter, no other member, or all that it needs. */
export function stageOf(view: CentreView): "none" | "no-charter" | "alone" | "ready" {
  if (!view.me) return "none";
  if (!view.charter) return "no-charter";
  return members(view).length ? "ready" : "alone";
}

/** The other parties that hold records: neither this one nor a relay; those who left are among them. */
export function members(view: Pick<CentreView, "parties">): PartyRow[] {
  return view.parties.filter((one) => !one.me && one.role === "member");
}

/** Those of them that are delivered to. */
export function receivers(view: Pick<CentreView, "parties">): PartyRow[] {
  return members(view).filter((one) => one.state === "active");
}

/** The name of a party by its id; an id of which nothing is known stays as it is. */
export function nameOf(view: Pick<CentreView, "parties" | "me"> | null, id: string): string {
  if (view?.me?.id === id) return view.me.name;
  return view?.parties.find((one) => one.id === id)?.name ?? id;
}

/** A fingerprint in groups of four, so that it can be read aloud; one that has gaps already stays as it is. */
export function spoken(fingerprint: string): string {
  if (/[\s:-]/.test(fingerprint)) return fingerprint;
  return fingerprint.match(/.{1,4}/g)?.join(" ") ?? fingerprint;
}

/** Withdrawals that somebody has not receipted come first, then the newest. */
export function sortedWithdrawals(all: readonly Withdrawal[]): Withdrawal[] {
  const open = (one: Withdrawal): number => (one.receivers.some((to) => to.state !== "receipted") ? 0 : 1);
  return [...all].sort((a, b) => open(a) - open(b) || b.at.localeCompare(a.at));
}
