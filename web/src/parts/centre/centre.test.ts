import { expect, test } from "vitest";

import type { CentreView, PartyRow, Withdrawal } from "../../lib/centre";
import { nameOf, receivers, sortedWithdrawals, spoken, stageOf } from "./centre";
import { cameWords, hoursWords, unasked, wentWords } from "./words";

const party = (id: string, change: Partial<PartyRow> = {}): PartyRow => ({
  ...{ id, name: `Party ${id}`, role: "member", state: "active", fingerprint: "", address: null, me: false },
  ...{ reached: null, problem: null },
  sent: { number: 9, released: 4, withdrawn: 2, unreceipted: 1 },
  received: { number: 3, shown: 1, withdrawn: 0, held: 1 },
  ...change,
});
const view = (parties: PartyRow[], change: Partial<CentreView> = {}): CentreView => ({
  ...{ me: { id: "a", name: "Ours", fingerprint: "" }, charter: {} as CentreView["charter"], proposals: [], log: [] },
  parties,
  ...change,
});

test("the stages of setting up: no party, no charter, nobody but a relay, ready", () => {
  const us = party("a", { me: true });
  expect(stageOf(view([], { me: null, charter: null }))).toBe("none");
  expect(stageOf(view([], { charter: null }))).toBe("no-charter");
  expect(stageOf(view([us, party("r", { role: "relay" })]))).toBe("alone");
  expect(stageOf(view([us, party("b")]))).toBe("ready");
});

test("only active members are delivered to", () => {
  const all = [party("a", { me: true }), party("b"), party("c", { state: "suspended" }), party("r", { role: "relay" })];
  expect(receivers(view(all)).map((one) => one.id)).toEqual(["b"]);
});

test("a party is named by the charter, by us, or by its id", () => {
  expect(["a", "b", "x"].map((id) => nameOf(view([party("b")]), id))).toEqual(["Ours", "Party b", "x"]);
});

test("a fingerprint is read in groups of four", () => {
  expect(spoken("a1b2c3d4e5")).toBe("a1b2 c3d4 e5");
  expect(spoken("a1b2-c3d4")).toBe("a1b2-c3d4");
});

test("withdrawals that wait for a receipt come first", () => {
  const made = (record: string, at: string, state: string): Withdrawal => ({
    ...{ record, incident: null, field: null, why: "", at },
    receivers: [{ party: "b", state, receipted: null }],
  });
  const all = [made("new", "2024-03-03", "receipted"), made("old", "2024-03-01", "waiting"), made("mid", "2024-03-02", "waiting")];
  expect(sortedWithdrawals(all).map((one) => one.record)).toEqual(["mid", "old", "new"]);
});

test("what came and went in words", () => {
  expect(cameWords(party("b"))).toBe("1 record shown, 1 held");
  expect(wentWords(party("b"))).toBe("4 records released, 2 withdrawn");
});

test("an expectation in words", () => {
  const one = { kind: "response", priority: "urgent", acknowledge_hours: 1, answer_hours: 6, escalate_to: ["c"] };
  expect(hoursWords(one, (id) => id.toUpperCase())).toBe(
    "Response, urgent: acknowledged within 1 hour, answered within 6 hours, then to C",
  );
  expect(hoursWords({ ...one, priority: null, acknowledge_hours: null, answer_hours: null, escalate_to: [] }, String)).toBe(
    "Response: no time agreed",
  );
});

test("a party without an address is not asked: it fetches from us, meets us at the relay, or no line is there", () => {
  const [us, them] = [party("a", { me: true, address: "https://a.example" }), party("b")];
  expect(unasked(party("b", { address: "https://b.example" }), view([us, them]))).toBe("");
  expect(unasked(them, view([us, them]))).toMatch(/fetches from us/);
  const relayed = { charter: { relay: "r" } as CentreView["charter"] };
  expect(unasked(them, view([us, them], relayed))).toMatch(/through the relay/);
  expect(unasked(them, view([party("a", { me: true }), them]))).toMatch(/files or a relay/);
});
