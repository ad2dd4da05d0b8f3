/** Who uses the desk, and what they may do. The desk checks every request; here it is only for what is shown. */

import { get, post, ROOT, send } from "./api";
import { onSignInNeeded, setCsrf } from "./csrf";

export type Permission =
  | "read" | "decide" | "add" | "export" | "release" | "approve"
  | "exchange" | "request" | "audit" | "accounts" | "admin";

export interface Who {
  name: string;
  role: string;
  clearance: string;
}

export interface Session {
  /** Whether the desk has accounts: then everybody signs in. */
  accounts: boolean;
  account: Who | null;
  csrf: string | null;
  can: Permission[];
  /** The issuer at which one can sign in too. */
  oidc: { name: string } | null;
}

const JSON_BODY = { "Content-Type": "application/json" };
const state = $state<{ session: Session | null; tried: boolean }>({ session: null, tried: false });

/** The session; null until it is known (reactive). */
export function session(): Session | null {
  return state.session;
}

/** Whether the desk was asked, with or without an answer (reactive). */
export function sessionTried(): boolean {
  return state.tried;
}

/** Whether somebody must sign in before anything is shown (reactive). */
export function mustSignIn(): boolean {
  return state.session !== null && state.session.accounts && state.session.account === null;
}

/** Whether who uses the desk may do something (reactive); where that is not known the desk itself will say. */
export function can(permission: Permission): boolean {
  return state.session === null || state.session.can.includes(permission);
}

/** The name of who is signed in, or "" (reactive). */
export function signedName(): string {
  return state.session?.account?.name ?? "";
}

/** Asks the desk who is signed in. */
export async function loadSession(): Promise<void> {
  try {
    keep(await get<Session>("/session"));
  } catch {
    // the page itself will say that the desk does not answer
  } finally {
    state.tried = true;
  }
}

/** Signs in; throws ApiError where name or password are wrong. */
export async function signIn(name: string, password: string): Promise<void> {
  keep(await post<Session>("/session", { name, password }));
}

/** Changes one's own password; the desk opens a new session in place of this one. */
export async function changePassword(old: string, wanted: string): Promise<void> {
  const init = { method: "PATCH", headers: JSON_BODY, body: JSON.stringify({ old, new: wanted }) };
  keep((await (await send(`${ROOT}/session/password`, init)).json()) as Session);
}

/** Signs out, and loads the page anew: nothing of what was read stays in its memory. */
export async function signOut(): Promise<void> {
  await send(`${ROOT}/session`, { method: "DELETE", headers: JSON_BODY });
  location.assign("/signin");
}

function keep(session: Session): void {
  setCsrf(session.csrf);
  state.session = session;
}

onSignInNeeded(() => {
  if (state.session?.account) keep({ ...state.session, account: null, csrf: null, can: [] });
});
