/** A typed client of the desk's API. Every call throws `ApiError`, in the API's one error shape. */

import { csrfHeaders, signInNeeded } from "./csrf";
import { t } from "./t";

// --- what comes back ----------------------------------------------------------------------------

export interface Evidence {
  in: "text" | "title";
  /** Half-open offsets in code points (not in UTF-16 units: see `slicePoints`). */
  start: number;
  end: number;
  quote: string;
  by?: string;
  /** The mention whose article the offsets belong to. */
  mention?: string;
}

export interface DateValue {
  start: string;
  end: string;
  precision: number;
  evidence?: Evidence[];
}

export interface PlaceValue {
  name: string | null;
  admin1: string | null;
  admin2: string | null;
  country: string | null;
  lat: number | null;
  lon: number | null;
  precision: number;
  radius_km: number | null;
  geonameid?: number | null;
  shape?: GeoJSON.Geometry | null;
  evidence?: Evidence[];
}

/** `null`: open. */
export interface Toll {
  low: number | null;
  best: number | null;
  high: number | null;
  evidence?: Evidence[];
}

export interface Actor {
  name: string;
  kind: string;
  certainty: string;
  evidence: Evidence[];
}

export interface Target {
  name: string;
  kind: string;
  evidence: Evidence[];
}

export interface Victim {
  name: string;
  kind: string;
  group: string;
  outcome: string;
  count: number | null;
  evidence: Evidence[];
}

export interface Weapon {
  name: string;
  evidence: Evidence[];
}

export interface Claim {
  by: string;
  via: string | null;
  kind: string;
  evidence: Evidence[];
}

export interface Authority {
  name: string;
  role: string;
  since: string | null;
  until: string | null;
  source?: string | null;
}

export interface AreaShare {
  id: string;
  name: string;
  names?: string[];
  kind: string;
  weight: number;
  authorities: Authority[];
  indicative: boolean;
}

/** What is told of an incident, in one article or after linking. */
export interface Told {
  event_type: string;
  sub_event_type: string;
  date: DateValue | null;
  place: PlaceValue | null;
  perpetrators: Actor[];
  targets: Target[];
  victims: Victim[];
  weapons: Weapon[];
  killed: Toll | null;
  injured: Toll | null;
  missing: Toll | null;
  abducted: Toll | null;
  claims: Claim[];
}

export interface Mention extends Told {
  id: string;
  modality: string;
  evidence: Evidence[];
}

export interface MentionRef {
  id: string;
  article: string;
  source: string | null;
  published: string | null;
  party?: string | null;
}

/** A party's record among what tells an incident, and what that party keeps to itself. */
export interface PartyEntry {
  party: string;
  name: string;
  record: string | null;
  version: number | null;
  tlp: string | null;
  mention: string;
  /** What the party tells, and nothing that it does not. */
  values: Record<string, unknown>;
  withheld: string[];
  coarse: Record<string, string>;
  status: string | null;
}

export interface Disagreement {
  field: string;
  values: { value: unknown; mentions: string[] }[];
}

export interface Revision {
  kind: string;
  at: string;
  field: string;
  from: unknown;
  to: unknown;
  because: string;
  mention: string | null;
}

export interface Decision {
  id: string;
  number?: number;
  kind: string;
  by: string;
  at: string;
  why?: string | null;
  reason?: string | null;
  field: string | null;
  value: unknown;
  mentions: string[];
  others: string[];
}

export interface Incident extends Told {
  id: string;
  status: string;
  mentions: MentionRef[];
  disagreements: Disagreement[];
  revisions: Revision[];
  aliases: string[];
  areas: AreaShare[];
  policy: string;
  decisions: Decision[];
  voices: number;
  parties?: PartyEntry[];
}

export interface IncidentAnswer {
  incident: Incident;
  /** The id as it was asked for: an alias leads to its incident. */
  asked: string;
  decisions: Decision[];
  areas: AreaShare[];
}

/** An incident as lists show it. */
export interface Row {
  id: string;
  event_type: string;
  sub_event_type: string;
  status: string;
  date: DateValue | null;
  place: PlaceValue | null;
  killed: Toll | null;
  injured: Toll | null;
  perpetrators: string[];
  targets: string[];
  weapons: string[];
  areas: { id: string; name: string }[];
  parties?: string[];
  mentions: number;
  sources: number;
  disagreements: number;
  updated: string | null;
}

export interface RowPage {
  incidents: Row[];
  next: string | null;
  total: number;
}

export interface Article {
  id: string;
  title: string | null;
  text: string;
  source: string | null;
  sources: string[];
  published: string | null;
  url: string | null;
  language: string | null;
}

export interface ToldArticle extends Article {
  /** What it tells of the incident that was asked for. */
  mentions: Mention[];
  /** The party whose record it is, null of an own article. */
  party?: string | null;
  /** Its label, null where it has none of its own. */
  tlp?: string | null;
}

export interface FoundArticle extends Partial<Article> {
  id: string;
  passage: string;
}

export interface Extraction {
  id: string | null;
  language: string | null;
  mentions: Mention[];
  others: { kind: string; evidence: Evidence[] }[];
  statements: { speaker: string; role: string | null; organisation: string | null; evidence: Evidence[] }[];
  places: (PlaceValue & { start: number; end: number; quote: string })[];
  dates: { start: number; end: number; quote: string; type: string; value: string }[];
  warnings: string[];
  error?: { code: string; message: string };
}

export interface Config {
  version: string;
  style_url: string | null;
  policies: string[];
  statuses: string[];
  event_types: { name: string; sub_event_types: string[] }[];
  counts: Record<string, number>;
}

export type SummaryBy = "day" | "week" | "month" | "year" | "type" | "status" | "country" | "admin1";

export interface Bucket {
  /** `null`: of those for which it is not known. */
  key: string | null;
  /** Of a bucket by admin1. */
  country?: string | null;
  incidents: number;
  killed: number;
  injured: number;
}

export interface Summary {
  buckets: Bucket[];
  total: { incidents: number; killed: number; injured: number };
}

export interface AreaProperties {
  id: string;
  name: string;
  kind: string;
  authorities: Authority[];
  disputed: boolean;
  indicative?: boolean;
}

export type Areas = GeoJSON.FeatureCollection<GeoJSON.Polygon | GeoJSON.MultiPolygon, AreaProperties>;

export interface ReviewSide extends Mention {
  article: Article;
}

export interface ReviewItem {
  left: ReviewSide;
  right: ReviewSide;
  score: number;
  reasons: { feature: string; weight: number; text: string }[];
  incidents: string[];
  would: string;
}

export interface DecisionAsk {
  kind: string;
  mentions: string[];
  others?: string[];
  field?: string | null;
  value?: unknown;
  reason?: string | null;
  by: string;
}

export interface DecisionAnswer {
  decision: Decision;
  opened: string[];
  updated: string[];
  removed: string[];
}

export interface Job {
  id: string;
  /** queued, running, done, failed or cancelled. */
  state: string;
  done: number;
  of: number | null;
  notes?: string[];
  error?: { code: string; message: string } | null;
}

/** What became of one article of a job, as `seamwatch read` says it. */
export interface JobArticle {
  [field: string]: unknown;
}

export interface JobListener {
  progress?: (job: Job) => void;
  article?: (article: JobArticle) => void;
  end?: (job: Job) => void;
  /** The stream broke off; ask for the job to learn how it stands. */
  lost?: () => void;
}

/** What a writer gives of an article. */
export interface ArticleDraft {
  text: string;
  title?: string | null;
  published?: string | null;
  source?: string | null;
  language?: string | null;
}

export type ExportFormat = "csv" | "geojson" | "jsonl" | "acled" | "ucdp" | "plover" | "hxl" | "misp" | "cap";
export type SitrepFormat = "html" | "pdf" | "docx" | "md";
export type Sort = "-date" | "date" | "-killed" | "-updated";

// --- asking -------------------------------------------------------------------------------------

/** What the API refused and why, in words that can be shown. */
export class ApiError extends Error {
  override readonly name = "ApiError";
  constructor(
    readonly code: string,
    message: string,
    /** The parameter or field that is wrong. */
    readonly field: string | null,
    /** The HTTP status; 0 where no answer came. */
    readonly status: number,
    /** The whole error as it came: some say more, as the `candidates` of a name that several places have. */
    readonly details: Record<string, unknown> = {},
  ) {
    super(message);
  }
}

/** Whether an error only says that the page no longer wants the answer. */
export function isAbort(error: unknown): boolean {
  return error instanceof DOMException && error.name === "AbortError";
}

/** An error as one sentence for the reader. */
export function errorText(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

export const ROOT = "/api/v1";

async function answered(response: Response): Promise<Response> {
  if (response.ok) return response;
  let code = "http";
  let message = t("error.http", { status: String(response.status) });
  let field: string | null = null;
  let details: Record<string, unknown> = {};
  try {
    const body = (await response.json()) as { error?: { code?: string; message?: string; field?: string | null } };
    details = { ...body.error };
    code = body.error?.code ?? code;
    message = body.error?.message ?? message;
    field = body.error?.field ?? null;
  } catch {
    // no JSON: something other than the desk answered
  }
  if (response.status === 401 && code === "not_signed_in") signInNeeded();
  throw new ApiError(code, message, field, response.status, details);
}

export async function send(path: string, init: RequestInit): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(path, { ...init, headers: { ...init.headers, ...csrfHeaders(init.method) } });
  } catch (error) {
    if (isAbort(error)) throw error;
    throw new ApiError("no_answer", t("error.noAnswer"), null, 0);
  }
  return answered(response);
}

export async function get<T>(path: string, params?: URLSearchParams | null, signal?: AbortSignal): Promise<T> {
  const query = params?.toString();
  const response = await send(ROOT + path + (query ? `?${query}` : ""), { signal: signal ?? null });
  return (await response.json()) as T;
}

export async function post<T>(path: string, body: unknown, signal?: AbortSignal): Promise<T> {
  const init: RequestInit =
    body instanceof FormData
      ? { method: "POST", body }
      : { method: "POST", body: JSON.stringify(body), headers: { "Content-Type": "application/json" } };
  const response = await send(ROOT + path, { ...init, signal: signal ?? null });
  return (await response.json()) as T;
}

export function withParams(base: URLSearchParams, more: Record<string, string | number | null | undefined>): URLSearchParams {
  const params = new URLSearchParams(base);
  for (const [key, value] of Object.entries(more))
    if (value !== null && value !== undefined && value !== "") params.set(key, String(value));
  return params;
}

const segment = encodeURIComponent;

/** `filters`: the query that `filterQuery` of lib/state makes. */
export const api = {
  config: (signal?: AbortSignal) => get<Config>("/config", null, signal),

  incidents: (
    filters: URLSearchParams,
    more: { sort?: Sort; limit?: number; cursor?: string | null } = {},
    signal?: AbortSignal,
  ) => get<RowPage>("/incidents", withParams(filters, more), signal),

  incident: (id: string, more: { as_of?: string; policy?: string } = {}, signal?: AbortSignal) =>
    get<IncidentAnswer>(`/incidents/${segment(id)}`, withParams(new URLSearchParams(), more), signal),

  incidentArticles: (id: string, signal?: AbortSignal) =>
    get<{ articles: ToldArticle[] }>(`/incidents/${segment(id)}/articles`, null, signal),

  article: (id: string, signal?: AbortSignal) =>
    get<{ article: Article; extraction: Extraction }>(`/articles/${segment(id)}`, null, signal),

  findArticles: (text: string, limit = 20, signal?: AbortSignal) =>
    get<{ articles: FoundArticle[] }>("/articles", new URLSearchParams({ text, limit: String(limit) }), signal),

  summary: (filters: URLSearchParams, by: SummaryBy, signal?: AbortSignal) =>
    get<Summary>("/summary", withParams(filters, { by }), signal),

  areas: (bbox?: string, signal?: AbortSignal) =>
    get<Areas>("/areas", bbox ? new URLSearchParams({ bbox }) : null, signal),

  /** The template that MapLibre fills in. */
  tilesUrl: (filters: URLSearchParams) => {
    const query = filters.toString();
    return `${location.origin}${ROOT}/tiles/{z}/{x}/{y}.mvt${query ? `?${query}` : ""}`;
  },

  review: (more: { limit?: number; cursor?: string | null } = {}, signal?: AbortSignal) =>
    get<{ items: ReviewItem[]; next: string | null }>("/review", withParams(new URLSearchParams(), more), signal),

  decisions: (mention?: string, signal?: AbortSignal) =>
    get<{ decisions: Decision[] }>("/decisions", mention ? new URLSearchParams({ mention }) : null, signal),

  decide: (ask: DecisionAsk) => post<DecisionAnswer>("/decisions", ask),

  undo: (number: number | string, ask: { by: string; reason?: string | null }) =>
    post<DecisionAnswer>(`/decisions/${segment(String(number))}/undo`, ask),

  /** Gives own articles a label; `tlp` null takes it away. */
  label: (ask: { about: string; tlp: string | null; why: string; by: string }) =>
    post<{ label: { number: string } }>("/labels", ask),

  /** What a text says. Nothing is stored. */
  extract: (draft: ArticleDraft, signal?: AbortSignal) => post<Extraction>("/extract", draft, signal),

  /** Starts a job that reads a text, an address or files. */
  read: (what: ArticleDraft | { url: string } | File[]) => {
    if (!Array.isArray(what)) return post<{ job: Job }>("/jobs", what);
    const form = new FormData();
    for (const file of what) form.append("files", file, file.name);
    return post<{ job: Job }>("/jobs", form);
  },

  job: (id: string, signal?: AbortSignal) => get<{ job: Job }>(`/jobs/${segment(id)}`, null, signal),

  /** Asks the desk to end a job; what it has stored stays. */
  cancel: async (id: string) => {
    // The content type says that no other site's form sent this.
    const init = { method: "DELETE", headers: { "Content-Type": "application/json" } };
    return (await (await send(`${ROOT}/jobs/${segment(id)}`, init)).json()) as { job: Job };
  },

  /** Listens to a job; call what comes back to stop. It stops by itself at the end. */
  follow: (id: string, listener: JobListener): (() => void) => {
    const source = new EventSource(`${ROOT}/jobs/${segment(id)}/events`);
    const read = (event: Event): unknown => JSON.parse((event as MessageEvent<string>).data);
    source.addEventListener("progress", (event) => listener.progress?.(read(event) as Job));
    source.addEventListener("article", (event) => listener.article?.(read(event) as JobArticle));
    source.addEventListener("end", (event) => {
      source.close();
      listener.end?.(read(event) as Job);
    });
    source.onerror = () => {
      if (source.readyState !== EventSource.CLOSED) source.close();
      listener.lost?.();
    };
    return () => source.close();
  },

  report: (report: Record<string, unknown>) => post<{ article: string; incidents: string[] }>("/reports", report),

  /** The address of a download. */
  exportUrl: (filters: URLSearchParams, format: ExportFormat) =>
    `${ROOT}/export?${withParams(filters, { format }).toString()}`,

  /** Asks for a page and leaves what it says: to learn whether it can be had. */
  check: async (address: string, signal?: AbortSignal): Promise<void> => {
    const response = await send(address, { signal: signal ?? null });
    await response.arrayBuffer();
  },

  /** The address of a situation report. */
  sitrepUrl: (filters: URLSearchParams, format: SitrepFormat, more: { title?: string; recipient?: string } = {}) =>
    `${ROOT}/sitrep?${withParams(filters, { format, ...more }).toString()}`,
};

/** The part of a text between two offsets in code points. */
export function slicePoints(text: string, start: number, end: number): string {
  const [from, to] = unitsOf(text, [start, end]);
  return text.slice(from, to);
}

/** Offsets in code points as offsets in UTF-16 units, in the order given. */
export function unitsOf(text: string, points: readonly number[]): number[] {
  if (!/[\ud800-\udbff]/.test(text)) return points.map((point) => Math.min(point, text.length));
  const order = points.map((point, at) => [point, at] as const).sort((a, b) => a[0] - b[0]);
  const found = new Array<number>(points.length).fill(text.length);
  let unit = 0;
  let point = 0;
  for (const [wanted, at] of order) {
    while (point < wanted && unit < text.length) {
      unit += (text.codePointAt(unit) ?? 0) > 0xffff ? 2 : 1;
      point += 1;
    }
    found[at] = unit;
  }
  return found;
}

/** An offset in UTF-16 units (a selection's) as an offset in code points (the API's). */
export function pointsOf(text: string, unit: number): number {
  let points = 0;
  for (let at = 0; at < Math.min(unit, text.length); points += 1)
    at += (text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1;
  return points;
}
