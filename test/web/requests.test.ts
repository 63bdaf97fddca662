import { EventEmitter, once } from "node:events";
import { setImmediate } from "node:timers/promises";
import { CyclesClient, scopeId, usd } from "cycles-client";
import { EmbeddedCycles } from "cycles-client/embedded";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Ask } from "../../examples/web/assistant.mjs";
import { services } from "./frameworks.js";

const USERS = ["ann@example.com", "Bob", "cyd", "ann"];
const cent = usd("0.01");
const work = { action: { kind: "http.request", name: "ask" }, estimate: cent };

/** An authority with a budget for each user, and a client of it. */
function ledger(dollars = "1.00") {
  const budgets = USERS.map((user) => [`tenant:acme/agent:${scopeId(user)}`, usd(dollars)]);
  const authority = new EmbeddedCycles({
    budgets: { "tenant:acme": usd("10.00"), ...Object.fromEntries(budgets) },
  });
  const cycles = new CyclesClient({
    ...authority.clientOptions("acme"),
    logLevel: "off",
    maxRetries: 0,
  });
  const balanceOf = (user: string) => authority.balances(`tenant:acme/agent:${scopeId(user)}`)[0];
  return { authority, cycles, balanceOf };
}

function post(url: string, user: string, question: string, signal: AbortSignal | null = null) {
  const headers = { "x-user": user, "content-type": "text/plain" };
  return fetch(`${url}/ask`, { method: "POST", headers, body: question, signal });
}

describe.each(Object.entries(services))("the example for %s", (_, serve) => {
  beforeEach(() => {
    vi.spyOn(console, "error").mockReturnValue(undefined);
  });
  afterEach(() => {
    vi.restoreAllMocks();
  });

  it("charges each user for their own requests, although all run at once", async () => {
    const { authority, cycles, balanceOf } = ledger();
    const barrier = new EventEmitter().setMaxListeners(100);
    let begun = 0;
    // The name of the action tells who sent the request.
    const reserve = (name: string, inner: () => PromiseLike<unknown>) =>
      cycles.run({ ...work, action: { ...work.action, name } }, inner, { actual: "estimate" });
    const ask: Ask = async (question) => {
      const user = question.trimEnd();
      if (++begun === USERS.length * 5)
        setImmediate().then(
          () => barrier.emit("all"),
          () => undefined,
        );
      await once(barrier, "all");
      await reserve(user, () => setImmediate());
      await Promise.all([reserve(user, () => setImmediate()), reserve(user, () => setImmediate())]);
      return user;
    };
    const url = await serve(cycles, ask);
    const requests = USERS.flatMap((user) => Array.from({ length: 5 }, () => user));
    const replies = await Promise.all(
      requests.map(async (user) => {
        // The spaces make the body arrive in several parts.
        const response = await post(url, user, user.padEnd(200_000));
        return response.text();
      }),
    );
    expect(replies).toEqual(requests);
    const reservations = authority.requests
      .filter(({ operation }) => operation === "createReservation")
      .map(({ request }) => request as { action: { name: string }; subject: object });
    expect(reservations).toHaveLength(requests.length * 3);
    for (const { action, subject } of reservations)
      expect(subject).toEqual({ tenant: "acme", agent: scopeId(action.name) });
    for (const user of USERS) expect(balanceOf(user)?.spent).toEqual(usd("0.15"));
  });

  it("holds an allowance for each request", async () => {
    const { authority, cycles, balanceOf } = ledger();
    const url = await serve(cycles, async () =>
      cycles.allowance({ ...work, estimate: usd("0.05") }, async () => {
        for (let call = 0; call < 3; call += 1)
          await cycles.run(work, () => undefined, { actual: "estimate" });
        return "done";
      }),
    );
    await Promise.all(USERS.map(async (user) => (await post(url, user, "?")).text()));
    expect(authority.requests).toHaveLength(USERS.length * 2);
    for (const user of USERS) expect(balanceOf(user)?.spent).toEqual(usd("0.03"));
  });

  it("responds with 402 and problem details if the user has no budget left", async () => {
    const { cycles } = ledger("0.025");
    const url = await serve(cycles, async () => {
      await cycles.run(work, () => undefined, { actual: "estimate" });
      return "done";
    });
    const statuses = [];
    for (let call = 0; call < 2; call += 1) statuses.push((await post(url, "ann", "?")).status);
    expect(statuses).toEqual([200, 200]);
    const denied = await post(url, "ann", "?");
    expect(denied.status).toBe(402);
    expect(denied.headers.get("content-type")).toMatch(/^application\/problem\+json/);
    expect(await denied.json()).toEqual({
      type: "about:blank",
      title: "Payment Required",
      status: 402,
      detail: "The budget does not allow this request.",
    });
    expect((await post(url, "cyd", "?")).status).toBe(200);
  });

  it.each([[400], [401], [404], [409], [429], [500], [503]])(
    "responds with 500 and without details if the ledger fails with %i",
    async (status) => {
      const { authority, cycles } = ledger();
      const body = {
        error: "SOMETHING",
        message: "tenant:acme is in trouble",
        request_id: "req-7",
      };
      const answer = { status, body, headers: { "retry-after": "30" } };
      authority.faults.on("getBalances").respond(status, answer);
      const url = await serve(cycles, async () => {
        await cycles.getBalances({ tenant: "acme" });
        return "done";
      });
      const response = await post(url, "ann", "?");
      expect(response.status).toBe(500);
      expect(response.headers.get("retry-after")).toBeNull();
      expect(await response.text()).not.toMatch(
        /acme|trouble|req-7|getBalances|SOMETHING|\.[mjt]s/,
      );
    },
  );

  it("does not abort the signal of a request before its response", async () => {
    const { cycles } = ledger();
    const url = await serve(cycles, async (_question, signal) => {
      for (let turn = 0; turn < 10; turn += 1) await setImmediate();
      return `aborted: ${signal.aborted}`;
    });
    expect(await (await post(url, "ann", "?".repeat(200_000))).text()).toBe("aborted: false");
  });

  it.each([
    ["releases what the request holds", undefined, 0],
    ["commits what the request has spent", usd("0.004"), usd("0.004").amount],
  ])("%s if the user disconnects", async (_name, spent, charged) => {
    const { cycles, balanceOf } = ledger();
    const progress = new EventEmitter();
    const reserved = once(progress, "reserved");
    const url = await serve(cycles, (_question, signal) =>
      cycles.run(
        work,
        async (guard) => {
          if (spent) guard.setActual(spent);
          const aborted = new Promise<never>((_resolve, reject) => {
            signal.addEventListener("abort", () => {
              reject(new Error("the user has disconnected"));
            });
          });
          progress.emit("reserved");
          return aborted;
        },
        { signal },
      ),
    );
    const user = new AbortController();
    const response = post(url, "ann", "?", user.signal);
    await reserved;
    expect(balanceOf("ann")?.reserved).toEqual(cent);
    user.abort();
    await expect(response).rejects.toThrow("aborted");
    await expect.poll(() => balanceOf("ann")?.reserved.amount).toBe(0);
    expect(balanceOf("ann")?.spent.amount).toBe(charged);
  });
});
