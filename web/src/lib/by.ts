/** Who decides: asked once, kept in this browser, sent with every decision. */

import { signedName } from "./session.svelte";

const KEY = "seamwatch.by";

/** The name of who is signed in, else the one that was given before, or "". */
export function keptName(): string {
  if (signedName()) return signedName();
  try {
    return localStorage.getItem(KEY) ?? "";
  } catch {
    return ""; // private windows may refuse
  }
}

/** Keeps a name for the next time and returns it as it is sent: with single blanks. */
export function keepName(name: string): string {
  const plain = name.trim().replace(/\s+/g, " ");
  if (signedName()) return signedName();
  try {
    localStorage.setItem(KEY, plain);
  } catch {
    // as above: it is asked for again
  }
  return plain;
}
