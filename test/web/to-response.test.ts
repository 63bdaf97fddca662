import { runInNewContext } from "node:vm";
import { type CyclesError, toResponse, usd } from "cycles-client";
import { deniedBy, meteredFetch } from "cycles-client/llm";
import { describe, expect, it } from "vitest";
import { budgeted } from "../support/budgeted.js";
import { refusal, request } from "../support/responses.js";
import { against, rejection, type ScriptedResponse } from "../support/server.js";

const dollar = { ...request, estimate: usd("2.00") };

/** The error of a reserve to which the ledger responds so. */
async function reserveError(response: ScriptedResponse): Promise<unknown> {
  const { client } = await against([response]);
  return rejection(client.reserve(request, { maxRetries: 0 }));
}

describe("the response to a denial", () => {
  it("is a 402 with problem details, and shows nothing of the budget", async () => {
    const { client } = budgeted();
    const response = toResponse(await rejection(client.reserve(dollar)));
    expect(response?.status).toBe(402);
    expect([...(response?.headers ?? [])]).toEqual([["content-type", "application/problem+json"]]);
    expect(await response?.json()).toEqual({
      type: "about:blank",
      title: "Payment Required",
      status: 402,
      detail: "The budget does not allow this request.",
    });
  });

  it.each([
    ["BUDGET_EXCEEDED"],
    ["OVERDRAFT_LIMIT_EXCEEDED"],
    ["DEBT_OUTSTANDING"],
    ["BUDGET_FROZEN"],
    ["TENANT_CLOSED"],
    ["A_CODE_OF_A_NEWER_SERVER"],
  ])("is the same for %s", async (code) => {
    const details = { scope: "tenant:acme/agent:secret", remaining: 7 };
    const seen = toResponse(await reserveError(refusal(409, code, { details })));
    const usual = toResponse(await rejection(budgeted().client.reserve(dollar)));
    expect(await seen?.text()).toBe(await usual?.text());
    expect([...(seen?.headers ?? [])]).toEqual([...(usual?.headers ?? [])]);
  });

  it.each([
    [1, "1"],
    [0, "0"],
    [30_001, "31"],
    [Number.MAX_SAFE_INTEGER, "9007199254741"],
  ])("says when to try again, in whole seconds: after %i ms", async (ms, seconds) => {
    const body = { decision: "DENY", affected_scopes: ["tenant:acme"], retry_after_ms: ms };
    expect(toResponse(await reserveError({ body }))?.headers.get("retry-after")).toBe(seconds);
  });

  it("is the same for a denied draw on an allowance", async () => {
    const { client } = budgeted();
    const allowance = client.allowance(request, (budget) => budget.reserve(dollar));
    expect(toResponse(await rejection(allowance))?.status).toBe(402);
  });

  it("is found behind the errors that wrap a denial", async () => {
    const cause: unknown = await rejection(budgeted().client.reserve(dollar));
    const wrapped = new Error("the chat failed", {
      cause: new Error("the model failed", { cause }),
    });
    expect(toResponse(wrapped)?.status).toBe(402);
    const endless: { cause?: unknown } = new Error("endless");
    endless.cause = endless;
    expect(toResponse(endless)).toBeUndefined();
  });

  it("is found with deniedBy in the response that SDKs get from a metered call", async () => {
    const { client } = budgeted({ budget: "0.00000001" });
    const call = { model: "gpt-4o-mini", messages: [], max_tokens: 100 };
    const metered = meteredFetch(client, {
      price: () => usd("0.01"),
      fetch: () => Promise.reject(new Error("not reached")),
    });
    const body = JSON.stringify(call);
    const url = "https://api.example/v1/chat/completions";
    const denied = await metered(url, { method: "POST", body });
    const error = Object.assign(new Error("402"), { status: 402, error: await denied.json() });
    expect(toResponse(error)).toBeUndefined();
    expect(toResponse(deniedBy(error) ?? error)?.status).toBe(402);
  });

  it("is not found with deniedBy behind work that ran", async () => {
    const { client, fail } = budgeted();
    fail("commit", refusal(409, "BUDGET_EXCEEDED"));
    const error = await rejection(client.run(request, () => "done", { actual: "estimate" }));
    expect(deniedBy(new Error("the request failed", { cause: error }))).toBeUndefined();
  });

  it("is made from the error of another copy of the package", () => {
    const foreign: unknown = runInNewContext(`
      const error = new Error("denied");
      error[Symbol.for("cycles-client.error")] = true;
      Object.assign(error, { name: "BudgetDeniedError", retryAfterMs: 1500 });
    `);
    expect(toResponse(foreign)?.headers.get("retry-after")).toBe("2");
  });
});

describe("no response is made", () => {
  it.each<[string, ScriptedResponse]>([
    ["a 400", refusal(400, "INVALID_REQUEST")],
    ["a 401", refusal(401, "UNAUTHORIZED")],
    ["a missing budget", refusal(404, "NOT_FOUND", { message: "Budget not found" })],
    ["a key that was used before", refusal(409, "IDEMPOTENCY_MISMATCH")],
    ["a rate limit of the ledger", { ...refusal(429, "LIMIT_EXCEEDED"), status: 429 }],
    ["a 500", refusal(500, "INTERNAL_ERROR")],
    ["a 503", { status: 503 }],
    ["a response that does not conform to the contract", { body: {} }],
  ])("of %s", async (_, response) => {
    expect(toResponse(await reserveError(response))).toBeUndefined();
  });

  it("of work that ran and whose commit was denied, because the user must not pay again", async () => {
    const { client, fail } = budgeted();
    fail("commit", refusal(409, "BUDGET_EXCEEDED"));
    const error = await rejection(client.run(request, () => "done", { actual: "estimate" }));
    expect(error).toMatchObject({ name: "SettlementRefusedError" });
    expect((error as CyclesError).cause).toMatchObject({ name: "BudgetDeniedError" });
    expect(toResponse(error)).toBeUndefined();
    expect(toResponse(new Error("the request failed", { cause: error }))).toBeUndefined();
  });

  it.each<[string, object]>([
    [
      "getter",
      {
        get cause(): unknown {
          throw new Error("not to be read");
        },
      },
    ],
    [
      "proxy",
      new Proxy(
        {},
        {
          has() {
            throw new Error("not to be asked");
          },
        },
      ),
    ],
  ])("of an error that cannot be read: a %s that throws", (_, hostile) => {
    expect(toResponse(hostile)).toBeUndefined();
    expect(toResponse(new Error("the request failed", { cause: hostile }))).toBeUndefined();
    expect(deniedBy(new Error("the request failed", { cause: hostile }))).toBeUndefined();
  });

  it.each([[new Error("x")], [{ name: "BudgetDeniedError" }], ["text"], [7], [null], [undefined]])(
    "of %j",
    (error) => {
      expect(toResponse(error)).toBeUndefined();
    },
  );
});
