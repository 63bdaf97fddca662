import {
  CyclesApiError,
  type CyclesClient,
  CyclesConnectionError,
  CyclesResponseError,
  usd,
} from "cycles-client";
import { describe, expect, it } from "vitest";
import { applied, balance, event, refusal, request, reservation } from "../support/responses.js";
import { against, API_KEY, rejection, type Scripted } from "../support/server.js";

/** The error of a reserve whose only retry gets the same response as its first attempt. */
async function reserveAgainst(response: Scripted) {
  const { client, received } = await against([response, response]);
  const error = await rejection(client.createReservation(request));
  const [first, second] = received;
  expect(received).toHaveLength(2);
  expect(second?.body).toBe(first?.body);
  return error;
}

const truncated: Scripted = (response) => {
  response.writeHead(200, { "content-type": "application/json", "content-length": "500" });
  response.write('{"decision":"ALLOW",');
  setImmediate(() => response.destroy());
};

describe("a 2xx response that the client cannot use", () => {
  it.each<[string, Scripted, string]>([
    ["HTML", { body: "<!doctype html><h1>Welcome</h1>" }, "a body that is not JSON"],
    ["an empty body", { body: "" }, "no body"],
    ["a body that is null", { body: "null" }, "an invalid body"],
    ["a list instead of an object", { body: [] }, "an invalid body"],
    ["truncated JSON", { body: '{"decision":' }, "a body that is not JSON"],
    ["a missing field", { body: { decision: "ALLOW" } }, "affected_scopes: is required"],
    [
      "a field of the wrong type",
      { body: { ...reservation, expires_at_ms: "soon" } },
      "expires_at_ms: must be integer",
    ],
    [
      "an unknown decision",
      { body: { ...reservation, decision: "MAYBE" } },
      "decision: must be one of ALLOW, ALLOW_WITH_CAPS, DENY",
    ],
    [
      "ALLOW without reservation_id",
      { body: { ...reservation, reservation_id: undefined } },
      "ALLOW without a reservation_id",
    ],
    [
      "ALLOW_WITH_CAPS without reservation_id",
      { body: { ...reservation, decision: "ALLOW_WITH_CAPS", reservation_id: "" } },
      "without a reservation_id",
    ],
    [
      "a reservation_id that is null",
      { body: { ...reservation, reservation_id: null } },
      "ALLOW without a reservation_id",
    ],
    [
      "the API key as the reservation_id",
      { body: { ...reservation, reservation_id: API_KEY } },
      "ALLOW with a secret in its reservation_id",
    ],
    [
      "a reservation_id that is too long for a path",
      { body: { ...reservation, reservation_id: "r".repeat(129) } },
      "a reservation_id that cannot be sent back: it must have at most 128 characters",
    ],
    [
      "a reservation_id of two dots, which a URL parser removes",
      { body: { ...reservation, reservation_id: ".." } },
      'cannot be sent back: it must not be ".."',
    ],
    [
      "a reservation_id of one dot, which a URL parser removes",
      { body: { ...reservation, reservation_id: "." } },
      'cannot be sent back: it must not be "."',
    ],
    [
      "a reservation_id with half of a surrogate pair",
      { body: { ...reservation, reservation_id: "r\ud83e" } },
      "cannot be sent back: it has half of a surrogate pair",
    ],
    [
      "an integer that JavaScript reads as Infinity",
      { body: JSON.stringify(reservation).replace("1700000060000", "1e400") },
      "expires_at_ms: must be integer",
    ],
    ["204", { status: 204 }, "204"],
    ["201 instead of 200", { status: 201, body: reservation }, "201"],
    ["202", { status: 202, body: reservation }, "202"],
  ])("is an error that allows a retry: %s", async (_name, response, why) => {
    const error = await reserveAgainst(response);
    expect(error).toBeInstanceOf(CyclesResponseError);
    expect(error).toMatchObject({ code: "UNEXPECTED_RESPONSE", retryable: true });
    expect((error as Error).message).toContain("createReservation");
    expect((error as Error).message).toContain(why);
    expect((error as Error).message).toContain("Repeat it with the same idempotency key");
    expect((error as Error).message).not.toMatch(/status (\d+) with status \1/);
  });

  it("has its first 200 characters in the error", async () => {
    const html = `<!doctype html>${"x".repeat(1_000)}`;
    const error = await reserveAgainst({ body: html });
    expect(error).toMatchObject({ httpStatus: 200, excerpt: html.slice(0, 200) });
  });

  it("is a connection error if the body is truncated", async () => {
    const error = await reserveAgainst(truncated);
    expect(error).toBeInstanceOf(CyclesConnectionError);
    expect(error).toMatchObject({ code: "CONNECTION", retryable: true });
    expect((error as Error).message).toMatch(/createReservation: Cannot reach http:\/\/127/);
  });

  it("is any status other than 201 for createEvent", async () => {
    const { client } = await against([{ status: 200, body: applied }], { maxRetries: 0 });
    const error = await rejection(client.createEvent(event));
    expect(error).toBeInstanceOf(CyclesResponseError);
    expect((error as Error).message).toContain("200");
  });

  it.each<[string, object, (client: CyclesClient) => PromiseLike<unknown>]>([
    [
      "commit",
      { status: "ACTIVE", charged: usd("1") },
      (c) => c.commitReservation("r", { actual: usd("1") }),
    ],
    ["release", { status: "COMMITTED", released: usd("1") }, (c) => c.releaseReservation("r")],
    [
      "extend",
      { status: "EXPIRED", expires_at_ms: 1 },
      (c) => c.extendReservation("r", { extend_by_ms: 1 }),
    ],
    ["decide", { decision: "PERHAPS" }, (c) => c.decide(request)],
  ])("is one with the wrong status or decision for %s", async (_name, body, call) => {
    const { client } = await against([{ body }], { maxRetries: 0 });
    const error = await rejection(call(client));
    expect(error).toBeInstanceOf(CyclesResponseError);
    expect((error as Error).message).toContain("must be");
  });
});

describe("a successful response", () => {
  it("keeps unknown fields at every depth", async () => {
    const body = {
      ...reservation,
      new_field: { a: 1 },
      caps: { max_tokens: 5, new_cap: true },
      balances: [{ ...balance, trend: "up" }],
      reason_code: "SOMETHING_NEW",
    };
    const { client } = await against([{ body }]);
    expect(await client.createReservation(request)).toEqual(body);
  });

  it("may have an unknown reservation status", async () => {
    const row = {
      reservation_id: "r",
      status: "PAUSED",
      subject: { tenant: "acme" },
      action: request.action,
      reserved: usd("1"),
      created_at_ms: 1,
      expires_at_ms: 2,
      scope_path: "tenant:acme",
      affected_scopes: [],
    };
    const { client } = await against([{ body: row }]);
    expect(await client.getReservation("r")).toEqual(row);
  });

  it("needs no reservation_id for a dry run or a denial", async () => {
    const dry = { decision: "ALLOW", affected_scopes: ["tenant:acme"] };
    const denial = { ...dry, decision: "DENY", reason_code: "BUDGET_EXCEEDED" };
    const { client } = await against([{ body: dry }, { body: denial }]);
    expect(await client.createReservation({ ...request, dry_run: true })).toEqual(dry);
    expect(await client.createReservation(request)).toEqual(denial);
  });

  it("may have integers over 2^53, which a notice and withResponse list", async () => {
    const huge = "9007199254740993";
    const text = JSON.stringify({ balances: [balance, balance], has_more: false })
      .replace('"amount":100000000', `"amount":${huge}`)
      .replace('"has_more"', `"bonus":{"deep":[1,${huge}0]},"has_more"`);
    const { client, notices } = await against([{ body: text }]);
    const { data, inexact } = await client.getBalances({ tenant: "acme" }).withResponse();
    const fields = ["balances[0].remaining.amount", "bonus.deep[1]"];
    expect(inexact).toEqual(fields);
    expect(notices).toEqual([{ type: "inexact_integer", operation: "getBalances", fields }]);
    expect(data.balances[0]?.remaining.amount).toBe(Number(huge));
  });

  it("may have the longest reservation_id that fits a path", async () => {
    const body = { ...reservation, reservation_id: "🪙".repeat(128) };
    const { client } = await against([{ body }]);
    expect((await client.createReservation(request)).reservation_id).toBe(body.reservation_id);
  });

  it.each([
    ["objects", '{"a":', "}"],
    ["arrays", "[", "]"],
  ])("may have %s nested 100,000 deep in an unknown field", async (_name, open, close) => {
    for (const depth of [2_000, 100_000]) {
      const deep = `${open.repeat(depth)}9223372036854775807${close.repeat(depth)}`;
      const text = JSON.stringify(reservation)
        .replace("1700000060000", "9223372036854775807")
        .replace("}", `,"new":${deep}}`);
      const { client, notices } = await against([{ body: text }]);
      const { data, inexact } = await client.createReservation(request).withResponse();
      expect(data.reservation_id).toBe("res-1");
      expect(data.expires_at_ms).toBe(2 ** 63);
      expect(inexact).toEqual(["expires_at_ms"]);
      expect(notices.map(({ type }) => type)).toEqual(["inexact_integer"]);
    }
  });

  it("lists at most a hundred rounded integers", async () => {
    const text = JSON.stringify({ ...reservation, new: [] }).replace(
      "[]",
      `[${Array(5_000).fill("1e30").join()}]`,
    );
    const { client } = await against([{ body: text }]);
    const { inexact } = await client.createReservation(request).withResponse();
    expect(inexact).toHaveLength(100);
    expect(inexact.slice(0, 2)).toEqual(["new[0]", "new[1]"]);
  });

  it("does not report integers up to 2^53 - 1", async () => {
    const body = {
      balances: [{ ...balance, remaining: { unit: "TOKENS", amount: 2 ** 53 - 1 } }],
    };
    const { client, notices } = await against([{ body }]);
    expect((await client.getBalances({ tenant: "acme" }).withResponse()).inexact).toEqual([]);
    expect(notices).toEqual([]);
  });
});

describe("an unknown error code", () => {
  it("is kept unchanged, and the status decides what happens", async () => {
    const { client, received } = await against([refusal(422, "TOO_PURPLE", { shade: 3 })]);
    const error = await rejection(client.createReservation(request));
    expect(error).toBeInstanceOf(CyclesApiError);
    expect(error).toMatchObject({
      httpStatus: 422,
      code: "TOO_PURPLE",
      retryable: false,
      body: { error: "TOO_PURPLE", shade: 3 },
    });
    expect(received).toHaveLength(1);
  });

  it("may come with fields that the contract does not know", async () => {
    const { client } = await against([refusal(400, "NEW", { trace_id: "not hex", extra: [] })]);
    expect(await rejection(client.decide(request))).toMatchObject({
      code: "NEW",
      requestId: "req-7",
      traceId: "not hex",
    });
  });
});
