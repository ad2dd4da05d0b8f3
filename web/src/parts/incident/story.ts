/** How the record of an incident changed, in order of time: what came in, what it changed, what people decided. */

import type { Decision, MentionRef, Revision } from "../../lib/api";

/** A decision as the API tells it: also whether it was undone. */
export interface ToldDecision extends Decision {
  undoes?: string | null;
  undone_by?: string | null;
}

export interface Change {
  kind: string;
  field: string;
  from: unknown;
  to: unknown;
}

/** One step of the story: one account that came in, or one decision, and all that it changed. */
export interface Step {
  at: string;
  /** The day in UTC. An account counts as known from its day on; a decision has its hour. */
  day: string;
  mention: MentionRef | null;
  decision: ToldDecision | null;
  /** Whether this is the first that was known of it. */
  first: boolean;
  changes: Change[];
  because: string[];
}

/** The steps from the first to the last. Of one moment accounts come before decisions. */
export function storyOf(
  revisions: readonly Revision[],
  decisions: readonly ToldDecision[],
  mentions: readonly MentionRef[],
): Step[] {
  const refs = new Map(mentions.map((one) => [one.id, one]));
  const steps: Step[] = [];
  const open = new Map<string, Step>();
  for (const one of [...decisions].sort(byTime)) {
    const step = stepAt(one.at, null, one);
    steps.push(step);
    open.set(`decided ${moment(one.at)}`, step);
  }
  for (const one of revisions) {
    const decided = one.kind === "decided" ? open.get(`decided ${moment(one.at)}`) : undefined;
    const key = `${moment(one.at)} ${one.mention ?? ""} ${one.kind === "decided" ? one.because : ""}`;
    let step = decided ?? open.get(key);
    if (!step) {
      step = stepAt(one.at, refs.get(one.mention ?? "") ?? null, null);
      steps.push(step);
      open.set(key, step);
    }
    step.first ||= one.kind === "reported";
    step.changes.push(...changesOf(one));
    if (!decided && one.because && !step.because.includes(one.because)) step.because.push(one.because);
  }
  return steps
    .map((step, at) => ({ step, at }))
    .sort((a, b) => byTime(a.step, b.step) || Number(!!a.step.decision) - Number(!!b.step.decision) || a.at - b.at)
    .map(({ step }) => step);
}

/** The days on which something changed, the first one first: where the slider stops. */
export function stopsOf(revisions: readonly Revision[], decisions: readonly Decision[]): string[] {
  return [...new Set([...revisions, ...decisions].map((one) => dayOf(one.at)))].sort();
}

/** The last stop that a day has reached; -1 where it lies before the first. */
export function stopAt(stops: readonly string[], day: string): number {
  return stops.filter((stop) => stop <= day.slice(0, 10)).length - 1;
}

/** The day of a moment in UTC. */
export function dayOf(at: string): string {
  const when = new Date(at);
  return Number.isNaN(when.getTime()) ? at.slice(0, 10) : when.toISOString().slice(0, 10);
}

function stepAt(at: string, mention: MentionRef | null, decision: ToldDecision | null): Step {
  return { at, day: dayOf(at), mention, decision, first: false, changes: [], because: [] };
}

/** A first report sets several fields at once. What did not change is no change. */
function changesOf(one: Revision): Change[] {
  if (one.field !== "incident") {
    if (JSON.stringify(one.from) === JSON.stringify(one.to)) return [];
    return [{ kind: one.kind, field: one.field, from: one.from, to: one.to }];
  }
  if (typeof one.to !== "object" || one.to === null) return [];
  return Object.entries(one.to).map(([field, to]) => ({ kind: one.kind, field, from: null, to }));
}

function moment(at: string): number {
  return new Date(at).getTime();
}

function byTime(a: { at: string }, b: { at: string }): number {
  return moment(a.at) - moment(b.at);
}
