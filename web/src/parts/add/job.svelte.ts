/** A job that reads what was added, and what became of each article. */

import { api, errorText, isAbort, type ArticleDraft, type Job } from "../../lib/api";

/** What became of one article, as `seamwatch read` says it. */
export interface Fate {
  /** new, version (of `other`), copy (of `other`), known, or rejected. */
  kind: string;
  article: string;
  origin: string;
  title: string | null;
  other: string | null;
  mentions: number;
  opened: string[];
  updated: string[];
  warnings: string[];
  /** Why it was rejected. */
  reason: string;
}

const POLL = 1000; // ms, where the stream of events broke off

/** The fate that an event tells; what is missing counts as nothing said. */
export function fateOf(event: Record<string, unknown>): Fate {
  const text = (key: string): string => (typeof event[key] === "string" ? event[key] : "");
  const list = (key: string): string[] => (Array.isArray(event[key]) ? (event[key] as unknown[]).map(String) : []);
  const error = (event.error ?? {}) as { message?: string };
  const reason = text("reason") || (error.message ?? "") || text("message");
  return {
    kind: text("kind") || (reason ? "rejected" : "new"),
    article: text("article") || text("id"),
    origin: text("origin"),
    title: text("title") || null,
    other: text("other") || null,
    mentions: typeof event.mentions === "number" ? event.mentions : 0,
    opened: list("opened"),
    updated: list("updated"),
    warnings: list("warnings"),
    reason,
  };
}

/** One job at a time, from its start to its end. */
export class JobWatch {
  job: Job | null = $state(null);
  fates: Fate[] = $state([]);
  error: string = $state("");
  running: boolean = $state(false);
  cancelled: boolean = $state(false);
  #stop: () => void = () => {};
  #ended: ((fates: Fate[]) => void) | null = null;

  /** Starts a job; resolves with what became of its articles once it has ended. Throws what the API refused. */
  async start(what: ArticleDraft | { url: string } | File[]): Promise<Fate[]> {
    this.leave();
    this.fates = [];
    this.error = "";
    this.cancelled = false;
    this.running = true;
    this.job = null;
    try {
      const { job } = await api.read(what);
      this.job = job;
      return await new Promise<Fate[]>((resolve) => {
        this.#ended = resolve;
        this.#follow(job.id);
      });
    } catch (wrong) {
      this.error = errorText(wrong);
      this.running = false;
      throw wrong;
    }
  }

  /** Asks the desk to end the job; what is stored stays stored. */
  async cancel(): Promise<void> {
    if (!this.job || !this.running) return;
    try {
      await api.cancel(this.job.id);
      this.cancelled = true;
    } catch (wrong) {
      this.error = errorText(wrong);
    }
  }

  /** Stops listening; the job goes on. */
  leave(): void {
    this.#stop();
    this.#stop = () => {};
  }

  #follow(id: string): void {
    this.#stop = api.follow(id, {
      progress: (job) => (this.job = { ...this.job, ...job }),
      article: (event) => this.fates.push(fateOf(event)),
      end: (job) => this.#end(job),
      lost: () => void this.#poll(id),
    });
  }

  async #poll(id: string): Promise<void> {
    try {
      const { job } = await api.job(id);
      this.job = job;
      if (job.state !== "queued" && job.state !== "running") return this.#end(job);
      await new Promise((resolve) => setTimeout(resolve, POLL));
      this.fates = []; // the stream tells all from the beginning
      this.#follow(id);
    } catch (wrong) {
      if (isAbort(wrong)) return;
      this.error = errorText(wrong);
      this.#end(this.job);
    }
  }

  #end(job: Job | null): void {
    if (job) this.job = { ...this.job, ...job };
    this.error ||= job?.error?.message ?? "";
    this.cancelled = job?.state === "cancelled";
    this.running = false;
    this.#ended?.($state.snapshot(this.fates));
    this.#ended = null;
  }
}
