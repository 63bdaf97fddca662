import { CyclesApiError, CyclesError, CyclesResponseError, tokens, usd } from "cycles-client";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { budgeted } from "../support/budgeted.js";
import { rateLimited, refusal, request } from "../support/responses.js";
import { against, rejection, type ScriptedResponse } from "../support/server.js";
import { applications } from "./frameworks.js";

/** The properties from which web frameworks make the response to the end user. */
const READ_BY_FRAMEWORKS = [
  ...["status", "statusCode", "statusText", "statusMessage", "headers", "expose"],
  ...["getResponse", "validation", "output", "isBoom", "digest"],
];

const responses: readonly (readonly [string, ScriptedResponse])[] = [
  ["a 400", refusal(400, "INVALID_REQUEST")],
  ["a unit mismatch", refusal(400, "UNIT_MISMATCH")],
  ["a 401", refusal(401, "UNAUTHORIZED")],
  ["a 403", refusal(403, "FORBIDDEN")],
  ["a missing budget", refusal(404, "NOT_FOUND", { message: "Budget not found" })],
  ["a denial", refusal(409, "BUDGET_EXCEEDED")],
  ["an idempotency mismatch", refusal(409, "IDEMPOTENCY_MISMATCH")],
  ["an expired reservation", refusal(410, "RESERVATION_EXPIRED")],
  ["a 429", rateLimited(30)],
  ["a 500", refusal(500, "INTERNAL_ERROR")],
  ["a 503 of a proxy", { status: 503, body: "<h1>Unavailable</h1>" }],
  ["a 204", { status: 204 }],
  ["a redirect", { status: 302, headers: { location: "/elsewhere" } }],
  ["a 200 that does not conform to the contract", { body: { decision: "ALLOW" } }],
];

/** The error of a reserve to which the ledger responds so. */
async function ledgerError(response: ScriptedResponse): Promise<CyclesError> {
  const headers = { "x-ledger": "internal", ...response.headers };
  const { client } = await against([{ ...response, headers }]);
  return cyclesError(client.createReservation(request, { maxRetries: 0 }));
}

async function cyclesError(call: PromiseLike<unknown>): Promise<CyclesError> {
  const error = await rejection(call);
  if (!(error instanceof CyclesError)) throw error;
  return error;
}

describe.each(Object.entries(applications))("%s without an error handler", (_, serve) => {
  beforeEach(() => {
    vi.spyOn(console, "error").mockReturnValue(undefined);
  });
  afterEach(() => {
    vi.restoreAllMocks();
  });

  /** What the end user receives when a handler throws. */
  async function received(error: unknown) {
    const response = await fetch(
      await serve(() => {
        throw error;
      }),
    );
    const headers = [...response.headers].filter(([name]) => name !== "date");
    return { status: response.status, headers, body: await response.text() };
  }

  it.each(responses)("responds to %s of the ledger as to any other error", async (_, response) => {
    const error = await ledgerError(response);
    const { message, code } = error;
    const seen = await received(error);
    expect(seen.status).toBe(500);
    expect(seen).toEqual(await received(Object.assign(new Error(message), { code })));
  });
});

describe("an error", () => {
  const denial = async () => {
    const { client } = budgeted();
    return cyclesError(
      client.allowance(request, (allowance) =>
        allowance.run({ ...request, estimate: usd("0.90") }, () => "done"),
      ),
    );
  };
  it.each(responses)("has the status of %s under a name of its own", async (_, response) => {
    const error = await ledgerError(response);
    if (!(error instanceof CyclesApiError || error instanceof CyclesResponseError)) throw error;
    expect(error.httpStatus).toBe(response.status ?? 200);
    for (const property of READ_BY_FRAMEWORKS) expect(error).not.toHaveProperty(property);
  });

  it.each<[string, () => Promise<CyclesError>]>([
    ["denied draw", denial],
    [
      "lost connection",
      async () => {
        const { client, fail } = budgeted();
        fail("reservations", "drop before", "drop before");
        return cyclesError(client.reserve(request));
      },
    ],
    [
      "request that is not valid",
      () => cyclesError(budgeted().client.reserve({ ...request, estimate: tokens(1), ttl_ms: -1 })),
    ],
    [
      "closed client",
      async () => {
        const { client } = budgeted();
        await client.close();
        return cyclesError(client.reserve(request));
      },
    ],
  ])("of a %s has no property that frameworks read", async (_, failing) => {
    const error = await failing();
    for (const property of READ_BY_FRAMEWORKS) expect(error).not.toHaveProperty(property);
  });
});
