/** The board of requests: its columns, what a party may still answer, what a new request lacks. */

import type { AnswerTime, Charter, RequestAsk, RequestItem, RequestState } from "../../lib/centre";

export const KINDS = ["information", "verification", "response"] as const;
export const PRIORITIES = ["routine", "urgent", "immediate"] as const;
/** The columns from left to right; those after them are closed until somebody opens them. */
export const OPEN_COLUMNS = ["open", "acknowledged", "accepted", "done"] as const satisfies RequestState[];
export const CLOSED_COLUMNS = ["declined", "expired"] as const satisfies RequestState[];
/** What something is still expected of: all of these are on the board, of the others page by page. */
export const WAITING = ["open", "acknowledged", "accepted"] as const satisfies RequestState[];
export const OVER = ["done", "declined", "expired"] as const satisfies RequestState[];
const HOUR = 3_600_000;
const DEFAULT_HOURS = 24;

/** The requests by their state, in each the one whose time ends first; what is over, the newest first. */
export function grouped(all: readonly RequestItem[]): Map<RequestState, RequestItem[]> {
  const groups = new Map<RequestState, RequestItem[]>();
  for (const column of [...OPEN_COLUMNS, ...CLOSED_COLUMNS]) groups.set(column, []);
  for (const one of all) groups.get(one.state)?.push(one);
  for (const [column, some] of groups)
    some.sort((a, b) => (isOver(column) ? b.at.localeCompare(a.at) : a.deadline.localeCompare(b.deadline)));
  return groups;
}

/** Whether nothing more is waited for. */
export function isOver(state: RequestState): boolean {
  return state === "declined" || state === "done" || state === "expired";
}

// What a party may say after what it said before, the likeliest first. After the deadline it may answer late.
const MOVES: Record<RequestState, RequestState[]> = {
  open: ["acknowledged", "accepted", "declined", "done"],
  expired: ["acknowledged", "accepted", "declined", "done"],
  acknowledged: ["accepted", "declined", "done"],
  accepted: ["done", "declined"],
  declined: ["accepted", "done"],
  done: [],
};

/** What this party may still say to a request that it was asked; nothing where it was not. */
export function answersTo(one: RequestItem, me: string): RequestState[] {
  const mine = one.states.find((state) => state.party === me)?.state;
  return one.to.includes(me) ? MOVES[mine ?? one.state] : [];
}

/** The party on the other side: who asked us, or whom we asked. */
export function others(one: RequestItem): string[] {
  return one.direction === "in" ? [one.sender] : one.to;
}

/** What the charter expects of this kind and priority: a rule for the priority before one for all. */
export function expected(charter: Charter | null, kind: string, priority: string): AnswerTime | null {
  const fits = (charter?.answer_times ?? []).filter((one) => one.kind === kind);
  return fits.find((one) => one.priority === priority) ?? fits.find((one) => one.priority === null) ?? null;
}

/** A deadline to begin with, as the field for day and time takes it (UTC, to the minute). */
export function deadlineFor(charter: Charter | null, kind: string, priority: string, now: number): string {
  const hours = expected(charter, kind, priority)?.answer_hours ?? DEFAULT_HOURS;
  return new Date(now + hours * HOUR).toISOString().slice(0, 16);
}

/** What the fields of the form hold. */
export interface Draft {
  to: string[];
  kind: string;
  text: string;
  /** Day and time in UTC, as `2026-11-23T14:00`. */
  deadline: string;
  priority: string;
  incident: string;
  area: string;
}

/** A draft as the API takes it. */
export function askOf(draft: Draft): RequestAsk {
  const at = new Date(`${draft.deadline}Z`);
  return {
    ...draft,
    text: draft.text.trim(),
    deadline: Number.isNaN(at.getTime()) ? draft.deadline : at.toISOString(),
    incident: incidentOf(draft.incident) || null,
    area: draft.area || null,
  };
}

/** The id in what somebody pasted: an id, or the address of the incident's page. */
export function incidentOf(text: string): string {
  const found = /\/incident\/([^/?#\s]+)/.exec(text);
  return found?.[1] ? decodeURIComponent(found[1]) : text.trim();
}

export type DraftField = "to" | "text" | "deadline";

/** The fields that are wrong, by the key of what is said of each. */
export function wrongIn(draft: Draft, now: number): Map<DraftField, "requests.wrong.to" | "requests.wrong.text" | "requests.wrong.deadline"> {
  const wrong: ReturnType<typeof wrongIn> = new Map();
  if (!draft.to.length) wrong.set("to", "requests.wrong.to");
  if (!draft.text.trim()) wrong.set("text", "requests.wrong.text");
  const at = Date.parse(`${draft.deadline}Z`);
  if (Number.isNaN(at) || at <= now) wrong.set("deadline", "requests.wrong.deadline");
  return wrong;
}
