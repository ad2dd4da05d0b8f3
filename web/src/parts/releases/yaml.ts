/** Where in the written rules an error lies. */

/** The line (from 1) that a message is about: one that it names, else that of the rule and field; 0 for none. */
export function lineOf(message: string, field: string | null, text: string): number {
  const named = /\bline (\d+)\b/.exec(message);
  if (named?.[1]) return Number(named[1]);
  const lines = text.split("\n");
  const parts = (field ?? "").split(/[.\s]+|\[|\]/).filter(Boolean);
  // A rule by its id, in the field or in the message: "rule 2 (ID): ...". Then the field below it.
  const quoted = [...message.matchAll(/["“'`]([^"”'`]+)["”'`]/g)].map((one) => one[1] ?? "");
  const byName = /\brule \d+ \(([^)]+)\)/.exec(message)?.[1];
  const candidates = [...(byName ? [byName] : []), ...parts, ...quoted, ...(/\brule (\S+?)[:,.]?(?:\s|$)/.exec(message)?.slice(1) ?? [])];
  const starts = candidates.map((id) => lines.findIndex((line) => new RegExp(`\\bid:\\s*["']?${escaped(id)}["']?\\s*$`).test(line)));
  const start = starts.find((one) => one >= 0) ?? -1;
  if (start < 0) return 0;
  const key = [...parts, ...quoted].reverse().find((one) => at(lines, start, one) > 0);
  return (key ? at(lines, start, key) : start) + 1;
}

/** The line of a key in the rule that begins at a line; -1 where there is none before the next rule. */
function at(lines: readonly string[], start: number, key: string): number {
  for (let line = start; line < lines.length; line += 1) {
    if (line > start && /^\s*-\s+id:/.test(lines[line] ?? "")) return -1;
    if (new RegExp(`^[\\s-]*${escaped(key)}\\s*:`).test(lines[line] ?? "")) return line;
  }
  return -1;
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
