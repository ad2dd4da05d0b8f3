/** Whether this desk takes part in a charter, asked for once: what leads to other parties shows only then. */

import { centre } from "./centre";

const state = $state({ takesPart: false });
let asked = false;

/** Whether there are other parties to ask; false until it is known (reactive). */
export function takesPart(): boolean {
  if (!asked) {
    asked = true;
    void load();
  }
  return state.takesPart;
}

async function load(): Promise<void> {
  try {
    state.takesPart = !!(await centre.view()).charter;
  } catch {
    asked = false; // the pages of the centre tell what is wrong
  }
}
