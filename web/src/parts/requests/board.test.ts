import { expect, test } from "vitest";

import type { Charter, RequestItem, RequestState } from "../../lib/centre";
import { answersTo, askOf, deadlineFor, expected, grouped, incidentOf, wrongIn, type Draft } from "./board";

const NOW = Date.parse("2024-03-10T12:00:00Z");
const request = (change: Partial<RequestItem>): RequestItem => ({
  ...{ id: "r", direction: "in", sender: "b", to: ["a"], kind: "information", text: "Who covers the road?" },
  ...{ at: "2024-03-10T10:00:00Z", deadline: "2024-03-11T10:00:00Z", priority: "routine" },
  ...{ incident: null, area: null, state: "open", states: [{ party: "a", state: "open" }], late: [], answers: [] },
  escalated_from: null,
  ...change,
});
const draft = (change: Partial<Draft>): Draft => ({
  ...{ to: ["b"], kind: "response", text: "Is Kulajo reached?", deadline: "2024-03-11T09:30", priority: "urgent" },
  ...{ incident: "", area: "" },
  ...change,
});
const charter = {
  answer_times: [
    { kind: "response", priority: "urgent", acknowledge_hours: 1, answer_hours: 6, escalate_to: [] },
    { kind: "response", priority: null, acknowledge_hours: null, answer_hours: 48, escalate_to: [] },
  ],
} as unknown as Charter;

test("open requests stand by their deadline, what is over by its newest", () => {
  const made = [
    request({ id: "late", deadline: "2024-03-09T00:00:00Z" }),
    request({ id: "later", deadline: "2024-03-20T00:00:00Z" }),
    request({ id: "soon", deadline: "2024-03-10T13:00:00Z" }),
    request({ id: "old", state: "done", at: "2024-01-01T00:00:00Z" }),
    request({ id: "new", state: "done", at: "2024-03-01T00:00:00Z" }),
  ];
  const groups = grouped(made);
  expect(groups.get("open")?.map((one) => one.id)).toEqual(["late", "soon", "later"]);
  expect(groups.get("done")?.map((one) => one.id)).toEqual(["new", "old"]);
  expect(groups.get("expired")).toEqual([]);
});

test.each<[RequestState, RequestState[]]>([
  ["open", ["acknowledged", "accepted", "declined", "done"]],
  ["acknowledged", ["accepted", "declined", "done"]],
  ["accepted", ["done", "declined"]],
  ["done", []],
  ["declined", ["accepted", "done"]],
  ["expired", ["acknowledged", "accepted", "declined", "done"]], // late
])("to a request that is %s for us we may say %j", (state, answers) => {
  expect(answersTo(request({ states: [{ party: "a", state }] }), "a")).toEqual(answers);
});

test("our own state counts, not that of another party asked; what we asked others we do not answer", () => {
  const both = request({ state: "open", states: [{ party: "a", state: "done" }, { party: "c", state: "open" }] });
  expect(answersTo(both, "a")).toEqual([]);
  expect(answersTo(request({ direction: "out", sender: "a", to: ["b"], states: [{ party: "b", state: "open" }] }), "a")).toEqual([]);
});

test("the charter's time for the priority comes before its time for all", () => {
  expect(expected(charter, "response", "urgent")?.answer_hours).toBe(6);
  expect(expected(charter, "response", "routine")?.answer_hours).toBe(48);
  expect(expected(charter, "information", "routine")).toBeNull();
  expect(deadlineFor(charter, "response", "urgent", NOW)).toBe("2024-03-10T18:00");
  expect(deadlineFor(null, "response", "urgent", NOW)).toBe("2024-03-11T12:00");
});

test("a draft is sent with its deadline in UTC and without what is empty", () => {
  expect(askOf(draft({ incident: "http://127.0.0.1:8765/incident/i-abc?x=1" }))).toEqual({
    ...{ to: ["b"], kind: "response", text: "Is Kulajo reached?", priority: "urgent" },
    ...{ deadline: "2024-03-11T09:30:00.000Z", incident: "i-abc", area: null },
  });
});

test("an incident may be given by its id or by the address of its page", () => {
  expect(incidentOf(" i-abc ")).toBe("i-abc");
  expect(incidentOf("/incident/i%2Dabc/")).toBe("i-abc");
});

test.each([
  [{}, []],
  [{ to: [] }, ["to"]],
  [{ text: "  " }, ["text"]],
  [{ deadline: "" }, ["deadline"]],
  [{ deadline: "2024-03-10T11:59" }, ["deadline"]],
  [{ to: [], text: "", deadline: "" }, ["to", "text", "deadline"]],
])("of the draft %j the fields %j are wrong", (change, fields) => {
  expect([...wrongIn(draft(change), NOW).keys()]).toEqual(fields);
});
