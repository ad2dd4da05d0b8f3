/** The queue of a sitting: what was decided stays in its place, what is still open follows the desk. */

/** What the desk gives of a pair, as far as the queue needs it. */
export interface Asked {
  left: { id: string };
  right: { id: string };
  incidents: readonly string[];
}

/** `saving`: shown as decided, not yet stored. `failed`: it was refused and is open again. */
export type State = "open" | "saving" | "done";

export interface Entry<T extends Asked> {
  key: string;
  item: T;
  state: State;
  /** What was decided. */
  kind: string;
  /** The stored decision's id, as in d12. */
  decision: string;
  /** The decision changed what this pair is about. */
  stale: boolean;
}

/** What a pair is known by, whichever side stands left. */
export function keyOf(item: Asked): string {
  return [item.left.id, item.right.id].sort().join(" | ");
}

/** A fresh entry. */
export function entryOf<T extends Asked>(item: T): Entry<T> {
  return { key: keyOf(item), item, state: "open", kind: "", decision: "", stale: false };
}

/**
 * The queue after the desk was asked anew: what is decided, and the pair that is being looked at, stay where
 * they are; open ones that the desk no longer asks go, the others follow in the desk's order.
 */
export function renewed<T extends Asked>(queue: readonly Entry<T>[], at: number, fresh: readonly T[]): Entry<T>[] {
  const found = new Map(fresh.map((item) => [keyOf(item), item]));
  const kept = queue
    .filter((entry, place) => entry.state !== "open" || place === at)
    .map((entry) => {
      const item = found.get(entry.key);
      if (entry.state !== "open") return entry;
      return item ? { ...entry, item, stale: false } : { ...entry, stale: true };
    });
  const here = new Set(kept.map((entry) => entry.key));
  return [...kept, ...fresh.filter((item) => !here.has(keyOf(item))).map(entryOf)];
}

/** Whether a decision that touched these incidents changed what an open pair is about. */
export function touches<T extends Asked>(queue: readonly Entry<T>[], incidents: readonly string[]): boolean {
  const touched = new Set(incidents);
  return queue.some((entry) => entry.state === "open" && entry.item.incidents.some((id) => touched.has(id)));
}

/** The next open pair after a place, else the first one; -1 where none is left. */
export function nextOpen<T extends Asked>(queue: readonly Entry<T>[], at: number, step: 1 | -1 = 1): number {
  for (let n = 1; n <= queue.length; n += 1) {
    const place = (at + step * n + queue.length * n) % queue.length;
    if (queue[place]?.state === "open") return place;
  }
  return -1;
}
