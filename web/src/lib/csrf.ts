/** What every write of a signed-in page carries, and who is told when the desk no longer knows the page. */

let word: string | null = null;
let tell: () => void = () => {};

/** Keeps the session's word; null after signing out. */
export function setCsrf(csrf: string | null): void {
  word = csrf;
}

/** The headers that a request of this method needs beside its own. */
export function csrfHeaders(method: string | undefined): Record<string, string> {
  return word && method && method !== "GET" ? { "X-CSRF-Token": word } : {};
}

/** Calls `then` whenever the desk answers that nobody is signed in. */
export function onSignInNeeded(then: () => void): void {
  tell = then;
}

/** Says that the desk answered so. */
export function signInNeeded(): void {
  tell();
}
