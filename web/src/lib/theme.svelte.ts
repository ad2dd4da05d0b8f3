/** Light or dark: the system's choice until the reader makes one, which this browser keeps. */

export type Theme = "auto" | "light" | "dark";

const KEY = "seamwatch.theme";
const dark = matchMedia("(prefers-color-scheme: dark)");
const state = $state({ chosen: "auto" as Theme, system: dark.matches });

/** What the reader chose (reactive). */
export function theme(): Theme {
  return state.chosen;
}

/** Whether the page is dark now (reactive). */
export function isDark(): boolean {
  return state.chosen === "auto" ? state.system : state.chosen === "dark";
}

/** Chooses, and keeps the choice. */
export function setTheme(chosen: Theme): void {
  state.chosen = chosen;
  document.documentElement.dataset.theme = isDark() ? "dark" : "light";
  try {
    localStorage.setItem(KEY, chosen);
  } catch {
    // private windows may refuse: the choice then holds until the page is closed
  }
}

/** Takes up the kept choice. */
export function useTheme(): void {
  let kept: string | null = null;
  try {
    kept = localStorage.getItem(KEY);
  } catch {
    // as above
  }
  setTheme(kept === "light" || kept === "dark" ? kept : "auto");
  dark.addEventListener("change", (event) => {
    state.system = event.matches;
    setTheme(state.chosen);
  });
}
