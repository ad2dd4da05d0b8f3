/** What time it is, for words like "3 minutes ago": it moves on by itself, so that they stay true. */

const EVERY = 20_000; // ms
const state = $state({ now: Date.now() });
let users = 0;
let timer: ReturnType<typeof setInterval> | undefined;

/** The moment in milliseconds (reactive). */
export function clock(): number {
  return state.now;
}

/** Sets the clock to now: call it after an answer from the desk, else what just happened lies ahead. */
export function tick(): void {
  state.now = Date.now();
}

/** Lets the clock run as long as a page is open; returns what stops it. */
export function runClock(): () => void {
  tick();
  if (!users++) timer = setInterval(tick, EVERY);
  return () => {
    if (!--users) clearInterval(timer);
  };
}
