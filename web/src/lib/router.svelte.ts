/** Where the reader is: path and query of the address. Pages never touch `history` themselves. */

export type Name =
  | "explore" | "incident" | "review" | "add" | "list" | "sitrep"
  | "centre" | "requests" | "releases" | "audit"
  | "signin" | "accounts"
  | "lost";

export interface Route {
  name: Name;
  /** The incident's id on `/incident/ID`, else "". */
  id: string;
}

/** A value to put into the query; null, "" and [] take the parameter out. */
export type Params = Record<string, string | number | readonly string[] | null | undefined>;

const NAMES: Record<string, Name> = {
  "/": "explore",
  "/review": "review",
  "/add": "add",
  "/list": "list",
  "/sitrep": "sitrep",
  "/centre": "centre",
  "/requests": "requests",
  "/releases": "releases",
  "/audit": "audit",
  "/signin": "signin",
  "/accounts": "accounts",
};

const here = $state({ path: location.pathname, search: location.search });
let came = "";

/** The page of a path, with a closing slash or without. */
export function routeOf(path: string): Route {
  const plain = path === "/" ? path : path.replace(/\/+$/, "");
  const incident = /^\/incident\/([^/]+)$/.exec(plain);
  if (incident?.[1]) return { name: "incident", id: decodeURIComponent(incident[1]) };
  return { name: NAMES[plain] ?? "lost", id: "" };
}

/** The page that is open (reactive). */
export function route(): Route {
  return routeOf(here.path);
}

/** The open page's query (reactive). */
export function query(): URLSearchParams {
  return new URLSearchParams(here.search);
}

/** The open page's path and query (reactive): a permalink. */
export function address(): string {
  return here.path + here.search;
}

/** The page from which the reader came to this one, with its query; "" for one who came from outside. */
export function cameFrom(): string {
  return came;
}

/** Opens a page of the app; with `replace` the back button skips the page that was open. */
export function go(href: string, { replace = false }: { replace?: boolean } = {}): void {
  const url = new URL(href, location.href);
  const moved = url.pathname !== location.pathname;
  if (url.pathname + url.search === location.pathname + location.search) return;
  if (moved) came = location.pathname + location.search;
  history[replace ? "replaceState" : "pushState"](null, "", url.pathname + url.search + url.hash);
  read();
  if (moved) scrollTo(0, 0);
}

/** Changes some parameters of the query and keeps the others. Replaces the entry unless told to `push`. */
export function setParams(change: Params, { push = false }: { push?: boolean } = {}): void {
  const next = new URLSearchParams(location.search);
  for (const [key, value] of Object.entries(change)) {
    next.delete(key);
    if (value === null || value === undefined || value === "") continue;
    if (typeof value === "object") for (const one of value) next.append(key, one);
    else next.set(key, String(value));
  }
  const text = next.toString().replaceAll("%2C", ",").replaceAll("%2F", "/").replaceAll("%3A", ":").replaceAll("%3B", ";");
  go(location.pathname + (text ? `?${text}` : ""), { replace: !push });
}

function read(): void {
  here.path = location.pathname;
  here.search = location.search;
}

/** Follows a click on a link of the app without loading the page anew. */
function follow(event: MouseEvent): void {
  if (event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey)
    return;
  const link = (event.target as Element | null)?.closest?.("a[href]");
  if (!(link instanceof HTMLAnchorElement)) return;
  if (link.origin !== location.origin || link.target || link.hasAttribute("download")) return;
  if (link.hash && link.pathname === location.pathname && link.search === location.search) return;
  if (routeOf(link.pathname).name === "lost") return; // a file of the server: exports, the API's description
  event.preventDefault();
  go(link.href);
}

addEventListener("popstate", read);
document.addEventListener("click", follow);
