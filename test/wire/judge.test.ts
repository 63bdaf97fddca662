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

/** The error of a reserve that gets the same answer at its one repeat. */
async function reserveAgainst(answer: Scripted) {
  const { client, received } = await against([answer, answer]);
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

describe("an answer that is no success", () => {
  it.each<[string, Scripted, string]>([
    ["HTML", { body: "<!doctype html><h1>Welcome</h1>" }, "a body that is not JSON"],
    ["nothing", { body: "" }, "no body"],
    ["null", { body: "null" }, "a body that does not fit"],
    ["a list", { body: [] }, "a body that does not fit"],
    ["half of a JSON text", { body: '{"decision":' }, "a body that is not JSON"],
    ["a field missing", { body: { decision: "ALLOW" } }, "affected_scopes: is required"],
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
      "the API key for a reservation_id",
      { body: { ...reservation, reservation_id: API_KEY } },
      "ALLOW with a secret in its reservation_id",
    ],
    [
      "a reservation_id that is longer than a path takes",
      { body: { ...reservation, reservation_id: "r".repeat(129) } },
      "a reservation_id that cannot be sent back: it must have at most 128 characters",
    ],
    [
      "a reservation_id that a URL resolves away",
      { body: { ...reservation, reservation_id: ".." } },
      'cannot be sent back: it must not be ".."',
    ],
    [
      "a reservation_id of one dot",
      { body: { ...reservation, reservation_id: "." } },
      'cannot be sent back: it must not be "."',
    ],
    [
      "a reservation_id with half a character",
      { body: { ...reservation, reservation_id: "r\ud83e" } },
      "cannot be sent back: it holds half of a surrogate pair",
    ],
    [
      "a number that is no integer for JavaScript",
      { body: JSON.stringify(reservation).replace("1700000060000", "1e400") },
      "expires_at_ms: must be integer",
    ],
    ["204", { status: 204 }, "204"],
    ["201 in place of 200", { status: 201, body: reservation }, "201"],
    ["202", { status: 202, body: reservation }, "202"],
  ])("%s", async (_name, answer, why) => {
    const error = await reserveAgainst(answer);
    expect(error).toBeInstanceOf(CyclesResponseError);
    expect(error).toMatchObject({ code: "UNEXPECTED_RESPONSE", retryable: true });
    expect((error as Error).message).toContain("createReservation");
    expect((error as Error).message).toContain(why);
    expect((error as Error).message).toContain("Repeat it with the same idempotency key");
    expect((error as Error).message).not.toMatch(/status (\d+) with status \1/);
  });

  it("shows the start of what came", async () => {
    const html = `<!doctype html>${"x".repeat(1_000)}`;
    const error = await reserveAgainst({ body: html });
    expect(error).toMatchObject({ status: 200, excerpt: html.slice(0, 200) });
  });

  it("is a lost connection where the body is truncated", async () => {
    const error = await reserveAgainst(truncated);
    expect(error).toBeInstanceOf(CyclesConnectionError);
    expect(error).toMatchObject({ code: "CONNECTION", retryable: true });
    expect((error as Error).message).toMatch(/createReservation: Cannot reach http:\/\/127/);
  });

  it("of an event is everything but 201", async () => {
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
  ])("of a %s is one with another status or decision", async (_name, body, call) => {
    const { client } = await against([{ body }], { maxRetries: 0 });
    const error = await rejection(call(client));
    expect(error).toBeInstanceOf(CyclesResponseError);
    expect((error as Error).message).toContain("must be");
  });
});

describe("an answer that is a success", () => {
  it("keeps fields that are new, at every depth", async () => {
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

  it("may have a reservation status that is new", async () => {
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

  it("has no reservation_id on a dry run, or with DENY", async () => {
    const dry = { decision: "ALLOW", affected_scopes: ["tenant:acme"] };
    const denial = { ...dry, decision: "DENY", reason_code: "BUDGET_EXCEEDED" };
    const { client } = await against([{ body: dry }, { body: denial }]);
    expect(await client.createReservation({ ...request, dry_run: true })).toEqual(dry);
    expect(await client.createReservation(request)).toEqual(denial);
  });

  it("may have integers over 2^53, which are named in a notice and by withResponse", async () => {
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

  it("may have a reservation_id as long as a path takes", async () => {
    const body = { ...reservation, reservation_id: "🪙".repeat(128) };
    const { client } = await against([{ body }]);
    expect((await client.createReservation(request)).reservation_id).toBe(body.reservation_id);
  });

  it.each([
    ["objects", '{"a":', "}"],
    ["arrays", "[", "]"],
  ])("may hold %s in a new field, however deep", async (_name, open, close) => {
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

  it("names at most a hundred places of rounded integers", async () => {
    const text = JSON.stringify({ ...reservation, new: [] }).replace(
      "[]",
      `[${Array(5_000).fill("1e30").join()}]`,
    );
    const { client } = await against([{ body: text }]);
    const { inexact } = await client.createReservation(request).withResponse();
    expect(inexact).toHaveLength(100);
    expect(inexact.slice(0, 2)).toEqual(["new[0]", "new[1]"]);
  });

  it("says nothing of integers up to 2^53 - 1", async () => {
    const body = {
      balances: [{ ...balance, remaining: { unit: "TOKENS", amount: 2 ** 53 - 1 } }],
    };
    const { client, notices } = await against([{ body }]);
    expect((await client.getBalances({ tenant: "acme" }).withResponse()).inexact).toEqual([]);
    expect(notices).toEqual([]);
  });
});

describe("an unknown error code", () => {
  it("is kept as it came, and handled by its status", async () => {
    const { client, received } = await against([refusal(422, "TOO_PURPLE", { shade: 3 })]);
    const error = await rejection(client.createReservation(request));
    expect(error).toBeInstanceOf(CyclesApiError);
    expect(error).toMatchObject({
      status: 422,
      code: "TOO_PURPLE",
      retryable: false,
      body: { error: "TOO_PURPLE", shade: 3 },
    });
    expect(received).toHaveLength(1);
  });

  it("may come with a body that is larger than the contract's", async () => {
    const { client } = await against([refusal(400, "NEW", { trace_id: "not hex", extra: [] })]);
    expect(await rejection(client.decide(request))).toMatchObject({
      code: "NEW",
      requestId: "req-7",
      traceId: "not hex",
    });
  });
});
