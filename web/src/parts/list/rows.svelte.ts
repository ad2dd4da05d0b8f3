/** The rows of a query as far as they are loaded. Cursors lead on page by page; scrolling asks for more. */

import { api, isAbort, type Row, type Sort } from "../../lib/api";

const PAGE = 500; // the most that the API gives at once

export class Rows {
  /** Loaded rows, from the first on. It grows in place: `count` tells that it did. */
  all: Row[] = [];
  count = $state(0);
  total = $state<number | null>(null);
  busy = $state(false);
  error = $state.raw<unknown>(null);

  #params = "";
  #sort: Sort = "-date";
  #next: string | null = null;
  #wanted = 0;
  #stop = new AbortController();

  /** Starts anew with other filters or another order. */
  ask(params: string, sort: Sort): void {
    this.#stop.abort();
    this.#stop = new AbortController();
    this.#params = params;
    this.#sort = sort;
    this.#next = null;
    this.#wanted = PAGE;
    this.busy = true;
    this.error = null;
    void this.#load(true);
  }

  /** Sees to it that the first `until` rows are loaded, as far as there are so many. */
  need(until: number): void {
    this.#wanted = Math.max(this.#wanted, until);
    if (!this.busy && this.#next !== null && this.all.length < this.#wanted) {
      this.busy = true;
      void this.#load(false);
    }
  }

  /** Asks again after an error. */
  again(): void {
    if (this.busy) return;
    this.busy = true;
    this.error = null;
    void this.#load(this.all.length === 0);
  }

  stop(): void {
    this.#stop.abort();
  }

  async #load(first: boolean): Promise<void> {
    const stop = this.#stop.signal;
    try {
      for (let fresh = first; ; fresh = false) {
        const cursor = fresh ? null : this.#next;
        const page = await api.incidents(
          new URLSearchParams(this.#params),
          { sort: this.#sort, limit: PAGE, cursor },
          stop,
        );
        if (fresh) this.all = [];
        this.all.push(...page.incidents);
        this.#next = page.next;
        this.total = page.total;
        this.count = this.all.length;
        if (page.next === null || this.all.length >= this.#wanted) break;
      }
      this.busy = false;
    } catch (error) {
      if (isAbort(error)) return; // another query has begun: it has set `busy` itself
      if (first) {
        this.all = [];
        this.count = 0;
        this.total = null;
      }
      this.error = error;
      this.busy = false;
    }
  }
}
