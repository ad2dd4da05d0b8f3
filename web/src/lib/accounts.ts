/** A typed client of accounts and tokens. Errors as in lib/api. */

import { get, post, ROOT, send } from "./api";
import type { Permission, Who } from "./session.svelte";

export interface AccountRow extends Who {
  disabled: boolean;
  signs_in: string[];
  subject: string | null;
  created: string | null;
}

export interface TokenRow {
  id: string;
  account: string;
  label: string;
  prefix: string;
  scopes: Permission[];
  created: string;
  ends: string;
  used: string | null;
}

export interface AccountChange {
  role?: string;
  clearance?: string;
  disabled?: boolean;
  password?: string;
}

const JSON_BODY = { "Content-Type": "application/json" };
const segment = encodeURIComponent;

export const accounts = {
  list: (signal?: AbortSignal) => get<{ accounts: AccountRow[] }>("/accounts", null, signal),

  add: (account: { name: string; role: string; clearance: string; password: string }) =>
    post<{ account: AccountRow }>("/accounts", account),

  change: async (name: string, change: AccountChange) => {
    const init = { method: "PATCH", headers: JSON_BODY, body: JSON.stringify(change) };
    return (await (await send(`${ROOT}/accounts/${segment(name)}`, init)).json()) as { account: AccountRow };
  },

  tokens: (account?: string, signal?: AbortSignal) =>
    get<{ tokens: TokenRow[] }>("/tokens", account ? new URLSearchParams({ account }) : null, signal),

  makeToken: (token: { label: string; scopes: string[]; days: number }) =>
    post<{ token: TokenRow; secret: string }>("/tokens", token),

  revoke: async (id: string): Promise<void> => {
    await send(`${ROOT}/tokens/${segment(id)}`, { method: "DELETE", headers: JSON_BODY });
  },
};
