/** A typed client of the coordination centre: parties, releases, requests, audit. Errors as in lib/api. */

import { get, post, ROOT, send, withParams, type Incident, type Row } from "./api";

export interface Me {
  id: string;
  name: string;
  fingerprint: string;
}

export interface AnswerTime {
  /** A request kind, or "incident" for incidents in contested areas. */
  kind: string;
  priority: string | null;
  acknowledge_hours: number | null;
  answer_hours: number | null;
  escalate_to: string[];
}

export interface Charter {
  name: string;
  version: number;
  digest: string;
  text: string;
  areas: { id: string; name: string; contested: boolean }[];
  answer_times: AnswerTime[];
  /** Whose signatures a change needs: "all" or "majority"; and a suspension. */
  change: string;
  suspend: string;
  relay: string | null;
  rules: number;
  signed?: string[];
}

export interface PartyRow {
  id: string;
  name: string;
  role: string;
  state: string;
  fingerprint: string;
  address: string | null;
  me: boolean;
  reached: string | null;
  problem: string | null;
  /** null: for an account that may not see all, what counts the rest too. */
  sent: { number: number | null; released: number; withdrawn: number; unreceipted: number };
  received: { number: number | null; shown: number; withdrawn: number | null; held: number | null };
}

export interface Proposal {
  digest: string;
  version: number;
  signed: string[];
  missing: string[];
  text: string;
}

export interface LogLine {
  at: string;
  kind: string;
  party: string | null;
  text: string;
}

export interface CentreView {
  /** `null`: no party is set up here. */
  me: Me | null;
  /** `null`: no charter is in force here. */
  charter: Charter | null;
  parties: PartyRow[];
  proposals: Proposal[];
  log: LogLine[];
}

export interface SyncResult {
  party: string;
  ok: boolean;
  came: number;
  went: number;
  error: string | null;
}

export interface Withdrawal {
  record: string;
  incident: string | null;
  /** `null`: the whole record was withdrawn. */
  field: string | null;
  why: string;
  at: string;
  receivers: { party: string; state: string; receipted: string | null }[];
}

export type ReleaseState = "released" | "waits" | "approval" | "held" | "none";

export interface FieldReason {
  field: string;
  grain: string;
  text: string;
}

/** The content of a release: exactly what goes out. */
export interface Content {
  tlp?: string;
  incident?: Partial<Incident>;
  withheld?: string[];
  coarse?: Record<string, string>;
  sources?: string[] | null;
  [other: string]: unknown;
}

export interface PreviewItem {
  incident: Row;
  state: ReleaseState;
  rule: string | null;
  tlp: string | null;
  due: string | null;
  text: string;
  reasons: FieldReason[];
  content: Content | null;
  /** How its record stands there: "released" or "withdrawn"; `null`: it never went out. */
  sent: { version: number; at: string; receipted: string | null; state: string } | null;
  /** Fields of which more waits for a second person's approval than goes out now. */
  unapproved?: string[];
}

export interface Preview {
  to: string;
  items: PreviewItem[];
  counts: Partial<Record<ReleaseState, number>>;
  next: string | null;
}

export type OrderKind = "hold" | "release" | "label" | "withhold_field" | "approve";

export interface OrderAsk {
  incident: string;
  kind: OrderKind;
  /** `null`: for all parties. */
  to: string | null;
  field?: string | null;
  tlp?: string | null;
  why: string;
  /** Who orders it; where people sign in, the desk knows. */
  by?: string;
}

export interface Order extends OrderAsk {
  number: number;
  by: string;
  at: string;
}

export interface Rule {
  id: string;
  /** Ids of parties; "*" for all. */
  to: string[];
  tlp: string;
  areas: string[];
  types: string[];
  statuses: string[];
  after_hours: number;
  approval: boolean;
  /** How much is given of each field that is not given exactly. */
  fields: Record<string, string>;
  /** "nothing" where what fits the rule goes to nobody named in it. */
  release?: "nothing";
}

export interface Rules {
  yaml: string;
  rules: Rule[];
  charter_rules: Rule[];
  /** Parties and areas of own rules that nobody knows here. */
  doubts?: string[];
}

export type RequestState = "open" | "acknowledged" | "accepted" | "declined" | "done" | "expired";

export interface RequestItem {
  id: string;
  direction: "in" | "out";
  sender: string;
  to: string[];
  kind: string;
  text: string;
  at: string;
  deadline: string;
  priority: string;
  incident: string | null;
  /** What it is about as all parties name it; without `incident` that record is not here. */
  record?: { party: string; id: string } | null;
  area: string | null;
  state: RequestState;
  states: { party: string; state: RequestState }[];
  late: string[];
  answers: { party: string; state: RequestState; at: string; text: string; by: string; late?: boolean }[];
  escalated_from: string | null;
  /** Parties that our words did not go to, as our rules do not give them what the words tell. */
  withheld?: string[];
}

export interface RequestQuery {
  state?: string;
  direction?: string;
  party?: string;
  limit?: number;
  cursor?: string | null;
}

export interface RequestPage {
  requests: RequestItem[];
  next: string | null;
}

export interface RequestAsk {
  to: string[];
  kind: string;
  text: string;
  deadline: string;
  priority: string;
  incident: string | null;
  area: string | null;
  /** Send the text even where it tells what the rules do not give. */
  as_written?: boolean;
}

export interface UnansweredItem {
  incident: Row;
  areas: string[];
  known: string;
  due: string;
  asked: string[];
}

export interface AuditLine {
  number: number;
  at: string;
  actor: string;
  kind: string;
  subject: string;
  details: Record<string, unknown>;
  hash: string;
}

export interface AuditPage {
  entries: AuditLine[];
  next: string | null;
  head: { number: number; hash: string };
}

export interface Verified {
  party: string | null;
  ok: boolean;
  entries: number;
  problems: string[];
  checked: string[];
}

type Query = Record<string, string | number | null | undefined>;
const params = (query: Query): URLSearchParams => withParams(new URLSearchParams(), query);
const segment = encodeURIComponent;

async function put<T>(path: string, body: unknown): Promise<T> {
  const headers = { "Content-Type": "application/json" };
  const response = await send(ROOT + path, { method: "PUT", body: JSON.stringify(body), headers });
  return (await response.json()) as T;
}

export const centre = {
  view: (signal?: AbortSignal) => get<CentreView>("/centre", null, signal),

  sync: (party: string | null) => post<{ results: SyncResult[] }>("/centre/sync", { party }),

  withdrawals: (signal?: AbortSignal) => get<{ withdrawals: Withdrawal[] }>("/centre/withdrawals", null, signal),

  preview: (
    query: { to: string; incident?: string | null; state?: string | null; limit?: number; cursor?: string | null },
    signal?: AbortSignal,
  ) => get<Preview>("/releases/preview", params(query), signal),

  order: (ask: OrderAsk) => post<{ order: Order }>("/releases/orders", ask),

  orders: (incident: string, signal?: AbortSignal) =>
    get<{ orders: Order[] }>("/releases/orders", params({ incident }), signal),

  rules: (signal?: AbortSignal) => get<Rules>("/releases/rules", null, signal),

  /** Reads the rules as they are written and says what is wrong, without storing them. */
  checkRules: (yaml: string) => put<Rules>("/releases/rules", { yaml, check: true }),

  putRules: (yaml: string, by: string) => put<Rules>("/releases/rules", { yaml, by }),

  requests: (query: RequestQuery, signal?: AbortSignal) => get<RequestPage>("/requests", params({ ...query }), signal),

  /** All pages of a query. */
  async allRequests(query: RequestQuery, signal?: AbortSignal): Promise<RequestPage> {
    const found: RequestItem[] = [];
    let cursor: string | null = null;
    do {
      const page: RequestPage = await centre.requests({ ...query, limit: 500, cursor }, signal);
      found.push(...page.requests);
      cursor = page.next;
    } while (cursor);
    return { requests: found, next: null };
  },

  ask: (request: RequestAsk) => post<unknown>("/requests", request),

  /** An id is its sender's: another party may use the same one. */
  answer: (one: RequestItem, state: RequestState, text: string, asWritten = false) =>
    post<unknown>(`/requests/${segment(`${one.sender}:${one.id}`)}/answers`, { state, text, as_written: asWritten }),

  unanswered: (signal?: AbortSignal) => get<{ unanswered: UnansweredItem[] }>("/unanswered", null, signal),

  audit: (query: { kind?: string; subject?: string; limit?: number; cursor?: string | null }, signal?: AbortSignal) =>
    get<AuditPage>("/audit", params(query), signal),

  auditExportUrl: () => `${ROOT}/audit/export`,

  verify: (file: File) => {
    const form = new FormData();
    form.append("file", file);
    return post<Verified>("/audit/verify", form);
  },
};
