/** What the server says of itself, asked for once. */

import { api, errorText, type Config } from "./api";

const state = $state<{ config: Config | null; error: string }>({ config: null, error: "" });
let asked = false;

/** The configuration; null until it is there (reactive). */
export function config(): Config | null {
  if (!asked) {
    asked = true;
    void load();
  }
  return state.config;
}

/** Why there is no configuration; "" while all is well (reactive). */
export function configError(): string {
  return state.error;
}

async function load(): Promise<void> {
  try {
    state.config = await api.config();
    state.error = "";
  } catch (error) {
    state.error = errorText(error);
    asked = false;
  }
}
