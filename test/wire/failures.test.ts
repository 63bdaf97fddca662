import { type CyclesClient, CyclesError } from "cycles-client";
import { describe, expect, it } from "vitest";
import { type OperationId, operations } from "../../generated/operations.js";
import { calls } from "../support/calls.js";
import { rateLimited, refusal } from "../support/responses.js";
import { against, rejection, type Scripted } from "../support/server.js";

const ids = Object.keys(calls) as OperationId[];
const reads = ids.filter((id) => operations[id].method === "GET");
const writes = ids.filter((id) => operations[id].method !== "GET");

const hanging: Scripted = () => undefined;
const reset: Scripted = (response) => response.destroy();
const truncated: Scripted = (response) => {
  response.writeHead(200, { "content-length": "500" });
  response.write("{");
  setImmediate(() => response.destroy());
};
const endless: Scripted = (response) => {
  response.writeHead(200);
  response.end("x".repeat(5_000_000));
};

/** Failures of a call. */
const failures: [string, Scripted][] = [
  ["no response within the time limit", hanging],
  ["a connection that breaks", reset],
  ["a body that breaks off", truncated],
  ["a body that is too large", endless],
  ["no body", { body: "" }],
  ["a body that is not JSON", { body: "<h1>Welcome</h1>" }],
  ["a body that the contract does not allow", { body: { error: 7 } }],
  ["an unexpected 2xx", { status: 202, body: {} }],
  ["a redirect", { status: 302, headers: { location: "/elsewhere" } }],
  ["a 500 of the protocol", refusal(500, "INTERNAL_ERROR")],
  ["a 503 in HTML", { status: 503, body: "<h1>Unavailable</h1>" }],
  ["a rate limit", rateLimited(60)],
  ["an unknown refusal", refusal(422, "NEW")],
  ["an idempotency mismatch", refusal(409, "IDEMPOTENCY_MISMATCH")],
];

async function failing(script: Scripted, call: (client: CyclesClient) => PromiseLike<unknown>) {
  const limits = script === hanging ? { connectTimeout: 50, readTimeout: 50 } : {};
  // A reserve repeats once.
  const { client } = await against([script, script], { maxRetries: 0, ...limits });
  const error = await rejection(call(client));
  expect(error).toBeInstanceOf(CyclesError);
  return error as CyclesError;
}

describe("the error of a read does not mention a key or an effect", () => {
  it.each(failures)("after %s", async (_name, script) => {
    expect(reads.length).toBeGreaterThan(4);
    for (const id of reads) {
      const { message, idempotencyKey } = await failing(script, calls[id]);
      const said = message.replaceAll("IDEMPOTENCY_MISMATCH", "");
      expect(said, id).toContain(id);
      expect(said, id).not.toMatch(/idempoten|same key|new key|effect|acted|unknown/i);
      expect(idempotencyKey).toBeUndefined();
    }
  });
});

describe("the error of a write says to repeat the call with its key", () => {
  it.each([
    ["no body", { body: "" }],
    ["a body that the contract does not allow", { body: { error: 7 } }],
    ["an unexpected 2xx", { status: 202, body: {} }],
  ])("after %s", async (_name, script) => {
    for (const id of writes) {
      const { message, idempotencyKey } = await failing(script, calls[id]);
      expect(message, id).toContain("Whether the call took effect is unknown");
      expect(message).toContain("Repeat it with the same idempotency key");
      expect(idempotencyKey).toBeDefined();
    }
  });
});

describe("a 400 UNIT_MISMATCH", () => {
  it.each(ids)("is a UnitMismatchError of %s", async (id) => {
    const error = await failing(refusal(400, "UNIT_MISMATCH"), calls[id]);
    expect(error.name).toBe("UnitMismatchError");
  });
});
