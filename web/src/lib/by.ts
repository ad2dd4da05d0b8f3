/** Who decides: asked once, kept in this browser, sent with every decision. */

const KEY = "seamwatch.by";

/** The name that was given before, or "". */
export function keptName(): string {
  try {
    return localStorage.getItem(KEY) ?? "";
  } catch {
    return ""; // private windows may refuse
  }
}

/** Keeps a name for the next time and returns it as it is sent: with single blanks. */
export function keepName(name: string): string {
  const plain = name.trim().replace(/\s+/g, " ");
  try {
    localStorage.setItem(KEY, plain);
  } catch {
    // as above: it is asked for again
  }
  return plain;
}
