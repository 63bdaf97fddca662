import { CyclesClient, CyclesError, CyclesResponseError } from "cycles-client";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type OperationId, operations } from "../../generated/operations.js";
import { judge } from "../../src/wire/judge.js";
import {
  applied,
  balance,
  committed,
  detail,
  event,
  extended,
  refusal,
  released,
  request,
  reservation,
} from "../support/responses.js";
import { rejection } from "../support/server.js";

const envelope = {
  schema_version: "cycles-evidence/v0.1",
  artifact_type: "reserve",
  server_id: "s",
  signer_did: "d",
  issued_at_ms: 1,
  payload: {},
  evidence_id: "e",
  signature: "f",
};

/** A valid success body for each operation. */
const bodies: Record<OperationId, object> = {
  decide: { decision: "ALLOW", affected_scopes: [] },
  createReservation: reservation,
  listReservations: { reservations: [detail, detail], has_more: false },
  getReservation: detail,
  commitReservation: committed,
  releaseReservation: released,
  extendReservation: extended,
  getBalances: { balances: [balance] },
  createEvent: applied,
  getEvidence: envelope,
  getEvidenceJwks: { keys: [] },
};

const calls: ((client: CyclesClient) => PromiseLike<unknown>)[] = [
  (client) => client.reserve(request),
  (client) => client.commitReservation("r", { actual: request.estimate }),
  (client) => client.listReservations(),
  (client) => client.createEvent(event),
  (client) => client.getEvidence("a".repeat(64)),
];

/** Values that could cause trouble in place of a field of the protocol. */
const trouble = fc.oneof(
  fc.constantFrom<unknown>(
    null,
    true,
    "",
    ".",
    "\ud83e",
    "x".repeat(5_000),
    [],
    {},
    -1,
    0.5,
    1e300,
  ),
  fc.constantFrom<unknown>({ toString: 1, valueOf: 1 }, [[[[]]]], 2 ** 63, "\u202e\u0000", "null"),
  fc.jsonValue(),
);

/** The JSON text of a body in which some fields are replaced, added or removed. */
const broken = (body: object) =>
  fc
    .tuple(
      fc.dictionary(
        fc.constantFrom(...Object.keys(body), "new", "__proto__", "constructor", "toString"),
        trouble,
        { maxKeys: 3 },
      ),
      fc.constantFrom(...Object.keys(body), ""),
    )
    .map(([more, missing]) =>
      JSON.stringify(
        Object.fromEntries(
          [...Object.entries(body), ...Object.entries(more)].filter(([name]) => name !== missing),
        ),
      ),
    );

const nested = fc
  .tuple(
    fc.constantFrom(['{"a":', "}"], ["[", "]"], ['[{"a":[', "]}]"]),
    fc.constantFrom(10, 2_000, 100_000),
    fc.constantFrom("1", "null", "1e999", "9223372036854775807", ""),
  )
  .map(([[open = "", close = ""], depth, core]) => open.repeat(depth) + core + close.repeat(depth));

const refusals = fc
  .constantFrom("BUDGET_EXCEEDED", "UNIT_MISMATCH", "NOT_FOUND", "NEW", "", "constructor")
  .chain((code) => broken(refusal(409, code, { details: { scope: "s", a: [1] } }).body as object));

const texts = fc.oneof(
  fc.constantFrom(...Object.values(bodies)).chain(broken),
  refusals,
  nested,
  nested.map((deep) => JSON.stringify(reservation).replace("}", `,"new":${deep}}`)),
  fc.json(),
  fc.string({ unit: "binary" }),
  fc.json().map((text) => text.slice(0, -1)),
);

const statuses = fc.oneof(fc.constantFrom(200, 201, 400, 404, 409, 429, 500), fc.integer());

const headers = fc
  .record({ "retry-after": fc.string(), "x-request-id": fc.string() }, { requiredKeys: [] })
  .map((all) => ({
    get: (name: string) =>
      Object.entries(all).find(([key]) => key === name.toLowerCase())?.[1] ?? null,
    [Symbol.iterator]: () => Object.entries(all)[Symbol.iterator](),
  }));

const KINDS = ["success", "rejected", "limited", "ambiguous"];

describe("a response with arbitrary status, headers and body", () => {
  it("is judged without an exception", () => {
    const operation = fc.constantFrom(...Object.values(operations));
    const seen = new Set<string>();
    fc.assert(
      fc.property(operation, texts, statuses, headers, (called, text, status, received) => {
        const { kind } = judge(called, request, { status, text, headers: received });
        expect(KINDS).toContain(kind);
        seen.add(kind);
      }),
      { numRuns: 2_000 },
    );
    expect(seen).toEqual(new Set(KINDS));
  });

  it("ends a call with data, or with an error of bounded length that can be logged", async () => {
    const status = fc.constantFrom(200, 201, 202, 302, 400, 401, 404, 409, 410, 429, 500);
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...calls), texts, status, async (call, text, code) => {
        const client = new CyclesClient({
          baseUrl: "http://127.0.0.1:1",
          apiKey: "cyc_live_0123456789",
          subject: { tenant: "acme" },
          maxRetries: 0,
          logLevel: "off",
          fetch: () => Promise.resolve(new Response(text, { status: code })),
        });
        const error: unknown = await call(client).then(
          () => undefined,
          (reason: unknown) => reason,
        );
        await client.close();
        if (error === undefined) return;
        expect(error).toBeInstanceOf(CyclesError);
        expect((error as Error).message.length).toBeLessThan(2_500);
        expect(() => JSON.stringify(error)).not.toThrow();
      }),
      { numRuns: 600 },
    );
  });

  it.each<[string, object]>([
    ["items of the wrong type", { ...reservation, balances: Array(20_000).fill(1) }],
    ["empty items", { ...reservation, balances: Array(20_000).fill({}) }],
    ["scopes that are not strings", { ...reservation, affected_scopes: Array(20_000).fill(0) }],
  ])("with twenty thousand %s is an error that names only a few of them", async (_name, body) => {
    const text = JSON.stringify(body);
    let sent = 0;
    const client = new CyclesClient({
      baseUrl: "http://127.0.0.1:1",
      subject: { tenant: "acme" },
      fetch: () => {
        sent += 1;
        return Promise.resolve(new Response(text));
      },
    });
    const error = await rejection(client.createReservation(request));
    expect(error).toBeInstanceOf(CyclesResponseError);
    expect((error as Error).message).toMatch(/(balances|affected_scopes)\[0\]/);
    expect((error as Error).message.length).toBeLessThan(1_000);
    expect(sent).toBe(2);
  });
});
