/** What an entry of the audit log tells, in one line. */

/** The details as "receiver: b, epoch: 1": ids, numbers and stable words, never values of incidents. */
export function detailWords(details: Record<string, unknown>): string {
  return Object.entries(details)
    .filter(([, value]) => value !== null && value !== "")
    .map(([key, value]) => `${key}: ${one(value)}`)
    .join(", ");
}

function one(value: unknown): string {
  if (Array.isArray(value)) return value.map(one).join(" ");
  if (typeof value === "object" && value !== null) return JSON.stringify(value);
  const text = String(value);
  return /^[0-9a-f]{40,}$/.test(text) ? `${text.slice(0, 12)}…` : text;
}
