import { expect, test } from "vitest";

import { detailWords } from "./details";

test("details are one line; what is not given is left out, a digest is shortened", () => {
  const details = { asks: "information", escalated_from: null, to: ["b", "c"], why: "", hash: "ab".repeat(32), held: 0 };
  expect(detailWords(details)).toBe("asks: information, to: b c, hash: abababababab…, held: 0");
});
