/** One sitting of the review: the queue, what is decided in it, what is stored and what was refused. */

import { api, errorText, isAbort, type DecisionAnswer, type ReviewItem } from "../../lib/api";
import { t, type Key } from "../../lib/t";
import { entryOf, nextOpen, renewed, touches, type Entry } from "./queue";

/** What one key or button decides of a pair. */
export type Verdict = "same" | "different" | "unsure";

/** A pair on which decisions contradict one another says which; one of them is wrong. */
export interface Item extends ReviewItem {
  contradiction?: string | null;
}

const AT_ONCE = 20;
/** With fewer open pairs at hand the desk is asked for the next ones. */
const FEW = 5;

/** The sitting that a page shows. A decision moves on at once; what the desk refuses opens the pair again. */
export class Sitting {
  queue: Entry<Item>[] = $state([]);
  at = $state(0);
  loaded = $state(false);
  /** Why the queue could not be loaded. */
  problem = $state("");
  /** What was refused, to be read before going on. */
  refused = $state("");
  /** What was done last, said aloud. */
  said = $state("");
  /** How many pairs the desk has beyond those at hand. */
  beyond = $state(0);

  /** Decisions are stored one after the other, in the order in which they were made. */
  #line: Promise<void> = Promise.resolve();
  #made: string[] = [];
  #onmove: () => void;

  constructor(onmove: () => void) {
    this.#onmove = onmove;
  }

  get entry(): Entry<Item> | undefined {
    return this.queue[this.at];
  }

  get done(): number {
    return this.queue.filter((entry) => entry.state !== "open").length;
  }

  get open(): boolean {
    return this.queue.some((entry) => entry.state === "open");
  }

  /** All pairs of this sitting: decided, at hand and still at the desk. */
  get size(): number {
    return this.queue.length + this.beyond;
  }

  async load(signal?: AbortSignal): Promise<void> {
    try {
      const answer = await api.review({ limit: AT_ONCE }, signal);
      const here = this.entry?.key;
      this.queue = renewed(this.queue, this.at, answer.items as Item[]);
      this.at = Math.max(this.queue.findIndex((entry) => entry.key === here), 0);
      const total = (answer as { total?: number }).total ?? answer.items.length;
      this.beyond = Math.max(total - answer.items.length, 0);
      this.problem = "";
      this.loaded = true;
      if (this.entry?.state !== "open") this.#move(nextOpen(this.queue, this.at));
    } catch (error) {
      if (!isAbort(error)) this.problem = errorText(error);
    }
  }

  /** Goes to another open pair without deciding. */
  step(step: 1 | -1): void {
    this.refused = "";
    const here = this.entry;
    if (here?.stale) {
      // Nobody asks it any more: with the reader gone from it, it goes.
      this.queue = this.queue.filter((entry) => entry.key !== here.key);
      this.#move(nextOpen(this.queue, step > 0 ? this.at - 1 : this.at, step), true);
      return;
    }
    const place = nextOpen(this.queue, this.at, step);
    if (place >= 0 && place !== this.at) this.#move(place, true);
  }

  /** Decides the pair in view and shows the next one; storing goes on behind. */
  decide(kind: Verdict, by: string): void {
    const entry = this.entry;
    if (!entry || entry.state !== "open" || entry.stale) return;
    this.refused = "";
    entry.state = "saving";
    entry.kind = kind;
    const { left, right } = entry.item;
    this.#then(async () => {
      try {
        const answer = await api.decide({ kind, mentions: [left.id], others: [right.id], by });
        this.#stored(entry.key, answer);
        this.said = this.#saidAt(kind, answer.decision.id);
        await this.#follow(answer);
      } catch (error) {
        this.#reopen(entry.key);
        this.refused = t("review.failed", { kind: kindWords(kind), message: errorText(error) });
      }
    });
    this.#move(nextOpen(this.queue, this.at), true);
  }

  /** Confirms an incident. That says nothing of the pair: it stays open. */
  confirm(incident: string, by: string): void {
    this.refused = "";
    this.#then(async () => {
      try {
        await this.beside("confirm", await api.decide({ kind: "confirm", mentions: [incident], by }));
      } catch (error) {
        this.refused = t("incident.failed", { message: errorText(error) });
      }
    });
  }

  /** Takes note of a decision on an incident that leaves the pair open. */
  async beside(kind: string, answer: DecisionAnswer): Promise<void> {
    this.#made.push(`${answer.decision.id} `);
    this.said = t("review.stored", { kind: kindWords(kind), id: answer.decision.id });
    await this.#follow(answer);
  }

  /** Undoes the last decision of this sitting and shows its pair again. */
  undo(by: string): void {
    this.refused = "";
    this.#then(async () => {
      const last = this.#made.at(-1);
      if (!last) {
        this.said = t("review.nothingToUndo");
        return;
      }
      const [id = "", key = ""] = splitOnce(last);
      try {
        const answer = await api.undo(id.replace(/^d/, ""), { by });
        this.#made.pop();
        this.#reopen(key);
        this.said = key ? t("review.undone", { id }) : t("incident.done.undo", { id });
        await this.#follow(answer);
      } catch (error) {
        this.refused = t("review.undoFailed", { id, message: errorText(error) });
      }
    });
  }

  /** Undoes one decision of a contradiction; the pair is asked anew. */
  retract(id: string, by: string): void {
    this.#then(async () => {
      try {
        await api.undo(id.replace(/^d/, ""), { by });
        this.said = t("incident.done.undo", { id });
        const key = this.entry?.key;
        this.queue = this.queue.filter((entry) => entry.key !== key);
        this.at = Math.max(Math.min(this.at, this.queue.length - 1), 0);
        await this.load();
        this.#move(this.at, true);
      } catch (error) {
        this.refused = t("review.undoFailed", { id, message: errorText(error) });
      }
    });
  }

  #then(work: () => Promise<void>): void {
    this.#line = this.#line.then(work);
  }

  #saidAt(kind: Verdict, id: string): string {
    const words = kindWords(kind);
    if (!this.open) return t("review.stored", { kind: words, id });
    return t("review.storedNext", { kind: words, id, n: this.at + 1, m: this.size });
  }

  #stored(key: string, answer: DecisionAnswer): void {
    const entry = this.queue.find((one) => one.key === key);
    if (entry) {
      entry.state = "done";
      entry.decision = answer.decision.id;
    }
    this.#made.push(`${answer.decision.id} ${key}`);
  }

  /** Other pairs may be about incidents that are no longer what they were: the desk is asked anew. */
  async #follow(answer: DecisionAnswer): Promise<void> {
    const touched = [...answer.opened, ...answer.updated, ...answer.removed];
    const open = this.queue.filter((entry) => entry.state === "open").length;
    if ((this.beyond && open < FEW) || touches(this.queue, touched)) await this.load();
  }

  #reopen(key: string): void {
    const place = this.queue.findIndex((entry) => entry.key === key);
    const entry = this.queue[place];
    if (!entry) return;
    Object.assign(entry, entryOf(entry.item));
    this.#move(place, true);
  }

  #move(place: number, focus = false): void {
    this.at = Math.max(place, 0);
    if (focus) this.#onmove();
  }
}

/** The decisions that a contradiction's words name: "d1 (by ana) and d3 (by cem) ..." are d1 and d3. */
export function contradicting(text: string): string[] {
  return [...new Set([...text.matchAll(/\b(d\d+) \(by /g)].map((found) => found[1] ?? ""))];
}

/** A verdict in words. */
export function kindWords(kind: string): string {
  return t(`review.${kind}` as Key).replace(/\s*…$/, "");
}

function splitOnce(text: string): [string, string] {
  const at = text.indexOf(" ");
  return [text.slice(0, at), text.slice(at + 1)];
}
