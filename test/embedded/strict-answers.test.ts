import { describe, expect, it } from "vitest";
import { answersChecked, violations } from "../support/strict-answers.js";
import { embedded } from "./http.js";

const path = "/v1/reservations";
const good = { decision: "ALLOW", affected_scopes: ["tenant:acme"], reservation_id: "r" };
const error = { error: "NOT_FOUND", message: "m", request_id: "r" };
const answer = (status: number, body: object, headers: Record<string, string> = {}) => ({
  status,
  headers,
  body: JSON.stringify(body),
});

describe("the check of every answer", () => {
  it("lets through what the contract declares", () => {
    expect(violations("POST", path, answer(200, good, { "x-request-id": "r" }))).toEqual([]);
    expect(violations("POST", path, answer(409, { ...error, error: "BUDGET_FROZEN" }))).toEqual([]);
    expect(violations("GET", "/nowhere", answer(404, error))).toEqual([]);
  });

  it.each([
    ["a property that is not declared", answer(200, { ...good, extra: 1 }), "additional"],
    ["a field that is missing", answer(200, { decision: "ALLOW" }), "affected_scopes"],
    ["a value outside its enum", answer(200, { ...good, decision: "MAYBE" }), "decision"],
    ["a status that is not declared", answer(201, good), "status 201"],
    ["a header that is not declared", answer(200, good, { "x-other": "1" }), "x-other"],
    ["an error body with another shape", answer(404, { message: "m" }), "error"],
  ])("catches %s", (_, outgoing, message) => {
    expect(violations("POST", path, outgoing).join()).toContain(message);
  });

  it("sees every answer of an authority, in process and behind a socket", async () => {
    const before = answersChecked();
    const { authority, reserve } = embedded();
    await reserve(1);
    const server = await authority.listen();
    await fetch(server.url);
    await server.close();
    expect(answersChecked() - before).toBe(2);
  });
});
