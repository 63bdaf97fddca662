import {
  BudgetNotFoundError,
  CyclesApiError,
  type CyclesClient,
  CyclesError,
  ReservationStateError,
  SettlementRefusedError,
  tokens,
  UnitMismatchError,
} from "cycles-client";
import { describe, expect, it } from "vitest";
import { budgeted } from "./support/budgeted.js";
import { event, refusal, request, reservation } from "./support/responses.js";
import { against, rejection, type Scripted } from "./support/server.js";

const MESSAGE = "Budget not found for provided scope: tenant:acme/agent:bot";
const noBudget = refusal(404, "NOT_FOUND", { message: MESSAGE });

const inTokens = { ...request, estimate: tokens(100) };

const hinted: [string, (client: CyclesClient) => PromiseLike<unknown>][] = [
  ["createReservation", (client) => client.createReservation(inTokens)],
  ["decide", (client) => client.decide(inTokens)],
  ["createEvent", (client) => client.createEvent({ ...event, actual: tokens(100) })],
  ["reserve", (client) => client.reserve(inTokens)],
];

const unhinted: [string, (client: CyclesClient) => PromiseLike<unknown>][] = [
  ["commitReservation", (client) => client.commitReservation("res-1", { actual: tokens(1) })],
  ["releaseReservation", (client) => client.releaseReservation("res-1")],
  ["extendReservation", (client) => client.extendReservation("res-1", { extend_by_ms: 1 })],
  ["getReservation", (client) => client.getReservation("res-1")],
  ["listReservations", (client) => client.listReservations()],
  ["getBalances", (client) => client.getBalances({ tenant: "acme" })],
];

async function failing(response: Scripted, call: (client: CyclesClient) => PromiseLike<unknown>) {
  const { client, received } = await against([response]);
  const error = await rejection(call(client));
  expect(received).toHaveLength(1);
  return error as CyclesApiError;
}

describe("a 404 with the message that no budget was found for the scope", () => {
  it.each(hinted)("names the unit of a %s, and the request id", async (_name, call) => {
    const error = await failing(noBudget, call);
    expect(error).toBeInstanceOf(BudgetNotFoundError);
    expect(error.message).toContain(MESSAGE);
    expect(error.message).toContain("unit=TOKENS");
    expect(error.message).toContain("(scope, unit)");
    expect(error.message).toContain("Check the unit");
    expect(error).toMatchObject({
      httpStatus: 404,
      code: "NOT_FOUND",
      requestId: "req-7",
      retryable: false,
      hint: { requestedUnit: "TOKENS", scope: "tenant:acme/agent:bot" },
    });
    expect(error.message).toContain("req-7");
  });

  it("names the unit in wire form", async () => {
    const error = await failing(noBudget, (client) => client.createReservation(request));
    expect(error.message).toContain("unit=USD_MICROCENTS");
    expect(error).toMatchObject({ hint: { requestedUnit: "USD_MICROCENTS" } });
  });

  it("has a hint without a scope if the server names none", async () => {
    const response = refusal(404, "NOT_FOUND", { message: "Budget not found for provided scope" });
    const error = await failing(response, (client) => client.decide(request));
    expect(error).toHaveProperty("hint", { requestedUnit: "USD_MICROCENTS" });
  });

  it.each(unhinted)("is an ordinary error of %s", async (_name, call) => {
    const error = await failing(noBudget, call);
    expect(error).toBeInstanceOf(CyclesApiError);
    expect(error).not.toBeInstanceOf(BudgetNotFoundError);
    expect(error).not.toHaveProperty("hint");
    expect(error.message).not.toContain("unit=");
    expect(error.message).toContain(MESSAGE);
  });
});

describe("a similar error has no hint", () => {
  it.each<[string, Scripted]>([
    ["a 404 with another message", refusal(404, "NOT_FOUND", { message: "No such route" })],
    [
      "a 404 with that text later in its message",
      refusal(404, "NOT_FOUND", { message: `Sorry. ${MESSAGE}` }),
    ],
    ["a 404 with another code", refusal(404, "ELSEWHERE", { message: MESSAGE })],
    ["a 400 with the same text", refusal(400, "INVALID_REQUEST", { message: MESSAGE })],
    ["a 409 with the same text", refusal(409, "NOT_FOUND", { message: MESSAGE })],
    ["a 410 with the same text", refusal(410, "NOT_FOUND", { message: MESSAGE })],
    ["a 404 in plain text", { status: 404, body: MESSAGE }],
  ])("%s", async (_name, response) => {
    const error = await failing(response, (client) => client.createReservation(inTokens));
    expect(error).toBeInstanceOf(CyclesApiError);
    expect(error).not.toBeInstanceOf(BudgetNotFoundError);
    expect(error).not.toHaveProperty("hint");
    expect(error.message).not.toContain("unit=");
  });

  it("a connection error", async () => {
    const { client } = await against([
      (response) => response.destroy(),
      (response) => response.destroy(),
    ]);
    const error = await rejection(client.createReservation(inTokens));
    expect(error).toBeInstanceOf(CyclesError);
    expect((error as Error).message).not.toContain("unit");
  });
});

describe("a 400 UNIT_MISMATCH", () => {
  const details = {
    scope: "tenant:acme",
    requested_unit: "TOKENS",
    expected_units: ["USD_MICROCENTS", "CREDITS"],
  };

  it.each(hinted)("tells a %s in which units the scope has budgets", async (_name, call) => {
    const error = await failing(refusal(400, "UNIT_MISMATCH", { details }), call);
    expect(error).toBeInstanceOf(UnitMismatchError);
    expect(error).not.toBeInstanceOf(ReservationStateError);
    expect(error.message).toContain(
      "tenant:acme has no budget in TOKENS; its budget is kept in USD_MICROCENTS, CREDITS",
    );
    expect(error).toMatchObject({
      requestId: "req-7",
      details,
      hint: {
        requestedUnit: "TOKENS",
        expectedUnits: ["USD_MICROCENTS", "CREDITS"],
        scope: "tenant:acme",
      },
    });
  });

  it("names only the unit of the request if the server sends no details", async () => {
    const error = await failing(refusal(400, "UNIT_MISMATCH"), (client) => client.decide(inTokens));
    expect(error).toHaveProperty("hint", { requestedUnit: "TOKENS" });
    expect(error.message).toContain("The scope has no budget in TOKENS");
  });

  it.each(hinted)("has the fields of the hint itself for a %s", async (_name, call) => {
    const error = await failing(refusal(400, "UNIT_MISMATCH", { details }), call);
    expect(error).toMatchObject({
      requestedUnit: "TOKENS",
      expectedUnits: ["USD_MICROCENTS", "CREDITS"],
      scope: "tenant:acme",
    });
  });

  it.each(unhinted)("has no hint for %s", async (_name, call) => {
    const error = await failing(refusal(400, "UNIT_MISMATCH", { details }), call);
    expect(error).toBeInstanceOf(UnitMismatchError);
    expect(error).not.toHaveProperty("hint");
    expect(error.message).not.toContain("unit=");
    expect(error.message).not.toContain("has no budget");
  });
});

describe("a commit in a wrong unit", () => {
  const commit = (client: CyclesClient) =>
    client.commitReservation("res-1", { actual: tokens(100) });

  it("names the unit that was sent and the units that the server names", async () => {
    const details = { requested_unit: "TOKENS", expected_units: ["USD_MICROCENTS"] };
    const error = await failing(refusal(400, "UNIT_MISMATCH", { details }), commit);
    expect(error).toBeInstanceOf(UnitMismatchError);
    expect(error).toMatchObject({
      httpStatus: 400,
      retryable: false,
      operation: "commitReservation",
      requestedUnit: "TOKENS",
      expectedUnits: ["USD_MICROCENTS"],
      scopes: [],
    });
    expect(error.message).toBe(
      "commitReservation: refused with UNIT_MISMATCH. Use USD_MICROCENTS. (400 UNIT_MISMATCH, request req-7)",
    );
  });

  it("names only the unit that was sent if the server sends no details", async () => {
    const error = await failing(refusal(400, "UNIT_MISMATCH"), commit);
    expect(error).toBeInstanceOf(UnitMismatchError);
    expect(error).toMatchObject({ requestedUnit: "TOKENS", expectedUnits: undefined });
    expect(error.message).toContain("Use the unit of the reservation.");
  });

  it("is short even if the server names very many units", async () => {
    const details = { expected_units: Array<string>(10_000).fill("USD_MICROCENTS") };
    const error = await failing(refusal(400, "UNIT_MISMATCH", { details }), commit);
    expect(error.message.length).toBeLessThan(2_500);
  });

  it("is what a guard's commit throws, and the cause that run gives", async () => {
    const refused = refusal(400, "UNIT_MISMATCH");
    const { client } = await against([
      { body: reservation },
      refused,
      { body: reservation },
      refused,
    ]);
    const guard = await client.reserve(request);
    const error = await rejection(guard.commit(request.estimate));
    expect(error).toBeInstanceOf(UnitMismatchError);
    expect(error).toMatchObject({ requestedUnit: "USD_MICROCENTS", scopes: ["tenant:acme"] });
    const unrecorded = await rejection(client.run(request, () => "done", { actual: "estimate" }));
    expect(unrecorded).toBeInstanceOf(SettlementRefusedError);
    expect((unrecorded as Error).cause).toBeInstanceOf(UnitMismatchError);
  });

  it("is refused by the embedded authority with the same class", async () => {
    const { client } = budgeted();
    const { reservation_id: id = "" } = await client.createReservation(request);
    const error = await rejection(client.commitReservation(id, { actual: tokens(1) }));
    expect(error).toBeInstanceOf(UnitMismatchError);
    expect(error).toMatchObject({ httpStatus: 400, requestedUnit: "TOKENS" });
  });
});
