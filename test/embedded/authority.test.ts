import { createServer } from "node:http";
import { connect } from "node:net";
import { describe, expect, it } from "vitest";
import { operations } from "../../generated/operations.js";
import { tokens, usd } from "../../src/amount.js";
import { EmbeddedCycles, ManualClock } from "../../src/embedded/index.js";
import { cents, embedded } from "./http.js";

const acme = { "tenant:acme": usd("5.00") };

describe("an embedded authority", () => {
  it("provides the options of a client for a tenant", async () => {
    const clock = new ManualClock();
    const authority = new EmbeddedCycles({ budgets: acme, clock });
    const options = authority.clientOptions("acme");
    expect(options).toMatchObject({ subject: { tenant: "acme" }, clock });
    expect(options.apiKey).toMatch(/^cyc_live_/);
    expect(authority.apiKey("acme")).toBe(options.apiKey);
    const { fetch } = options;
    const response = await fetch(
      new URL(`${operations.getBalances.path}?tenant=acme`, options.baseUrl),
      {
        headers: { "X-Cycles-API-Key": options.apiKey },
      },
    );
    expect(response.status).toBe(200);
  });

  it("uses the API keys that are given, and makes the missing ones [auth-2]", () => {
    const authority = new EmbeddedCycles({
      budgets: { ...acme, "tenant:b": tokens(5) },
      apiKeys: { cyc_live_x: "acme", cyc_live_c: "C" },
    });
    expect(authority.apiKey("acme")).toBe("cyc_live_x");
    expect(authority.apiKey("C")).toBe("cyc_live_c");
    expect(authority.apiKey("b")).toMatch(/^cyc_live_[0-9a-f]{32}$/);
  });

  it("names the known tenants if the tenant is unknown", () => {
    const authority = new EmbeddedCycles({ budgets: acme });
    expect(() => authority.clientOptions("Nobody")).toThrow(
      /Unknown tenant "Nobody" \(known: acme\).*"tenant:nobody"/,
    );
    expect(() => authority.closeTenant("nobody")).toThrow("Unknown tenant");
    const empty = new EmbeddedCycles({ budgets: {} });
    expect(() => empty.apiKey("x")).toThrow("known: none");
  });

  it("returns balances with every field, of one scope or of all", () => {
    const authority = new EmbeddedCycles({
      budgets: { ...acme, "tenant:acme/agent:bot": [usd("1.00"), tokens(5_000)] },
    });
    expect(authority.balances()).toHaveLength(3);
    expect(authority.balances("tenant:acme/agent:bot")[1]).toMatchObject({
      scope: "agent:bot",
      allocated: tokens(5_000),
      is_over_limit: false,
    });
    expect(authority.balances("tenant:none")).toEqual([]);
  });

  it.each([
    ["a scope without a level", { acme: cents(1) }, 'budgets["acme"] is not a scope'],
    ["an unknown level", { "team:a": cents(1) }, "is not a scope"],
    ["levels out of order", { "agent:a/tenant:b": cents(1) }, "in the order tenant, workspace"],
    ["a level twice", { "tenant:a/tenant:b": cents(1) }, "is not a scope"],
    ["upper case", { "tenant:Acme": cents(1) }, "lower case"],
    ["a negative amount", { "tenant:a": cents(-1) }, "allocated must be a whole number"],
    ["a fraction", { "tenant:a": cents(0.5) }, "not 0.5"],
    [
      "two budgets in one unit",
      { "tenant:a": [cents(1), cents(2)] },
      "give one budget for each unit",
    ],
    [
      "an overdraft limit in another unit",
      { "tenant:a": { allocated: cents(1), overdraft_limit: tokens(1) } },
      "overdraft_limit is in TOKENS, but the budget is in USD_MICROCENTS",
    ],
  ])("refuses %s", (_, budgets, message) => {
    expect(() => new EmbeddedCycles({ budgets })).toThrow(message);
  });

  it("refuses values that the types do not allow", () => {
    const make = (options: unknown) => () =>
      new EmbeddedCycles(options as ConstructorParameters<typeof EmbeddedCycles>[0]);
    const eur = { "tenant:a": { unit: "EUR", amount: 1 } };
    expect(make({ budgets: eur })).toThrow(/unit must be one of .* not "EUR"/);
    const paused = { "tenant:a": { allocated: cents(1), status: "PAUSED" } };
    expect(make({ budgets: paused })).toThrow(/status must be one of .* not "PAUSED"/);
    expect(make({ budgets: acme, apiKeys: { "a b": "acme" } })).toThrow("apiKeys");
    expect(make({ budgets: acme, apiKeys: { ab: "a/b" } })).toThrow("not a tenant");
    expect(make({ budgets: acme, adminKey: "" })).toThrow("adminKey");
    expect(make({ budgets: acme, retentionMs: -1 })).toThrow("retentionMs");
    expect(make({ budgets: acme, maxExtensions: -1 })).toThrow("maxExtensions");
    expect(make({ budgets: acme, maxTtlMs: 0.5 })).toThrow("maxTtlMs");
  });

  it("keeps a closed budget closed", async () => {
    const { authority, reserve } = embedded({
      budgets: { "tenant:acme": { allocated: cents(9), status: "CLOSED" } },
    });
    authority.unfreeze("tenant:acme");
    expect((await reserve(1)).body.error).toBe("BUDGET_CLOSED");
  });
});

describe("a listening authority", () => {
  const path = operations.createReservation.path;
  const reservation = (idempotency_key: string, metadata = {}) =>
    JSON.stringify({
      idempotency_key,
      subject: { tenant: "acme" },
      action: { kind: "k", name: "n" },
      estimate: cents(1),
      metadata,
    });

  it("grants exactly as many concurrent reserves as the budget covers", async () => {
    await using authority = new EmbeddedCycles({ budgets: { "tenant:acme": cents(20) } });
    const server = await authority.listen(0);
    const { baseUrl, apiKey } = server.clientOptions("acme");
    expect(baseUrl).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    const headers = { "X-Cycles-API-Key": apiKey, "Content-Type": "application/json" };
    const statuses = await Promise.all(
      Array.from({ length: 50 }, async (_, client) => {
        const body = reservation(String(client), { text: "ü".repeat(40_000) });
        return (await fetch(baseUrl + path, { method: "POST", headers, body })).status;
      }),
    );
    expect(statuses.filter((status) => status === 200)).toHaveLength(20);
    expect(statuses.filter((status) => status === 409)).toHaveLength(30);
    expect(authority.balances()[0]?.reserved).toEqual(cents(20));
  });

  it("adds only HTTP's own headers to a response", async () => {
    await using authority = new EmbeddedCycles({ budgets: acme });
    const server = await authority.listen();
    const { baseUrl, apiKey } = server.clientOptions("acme");
    const url = `${operations.getBalances.path}?tenant=acme`;
    const headers = { "X-Cycles-API-Key": apiKey };
    const inProcess = await authority.fetch(baseUrl + url, { headers });
    const served = await fetch(baseUrl + url, { headers });
    expect(await served.json()).toEqual(await inProcess.json());
    const added = [...served.headers.keys()].filter((name) => !inProcess.headers.has(name));
    expect(added).toEqual(["connection", "content-length", "date", "keep-alive"]);
  });

  it("refuses a body that is too long without reading it all", async () => {
    await using authority = new EmbeddedCycles({ budgets: acme });
    await using server = await authority.listen();
    const { apiKey } = server.clientOptions("acme");
    const response = await new Promise<string>((resolve) => {
      const socket = connect(Number(new URL(server.url).port), "127.0.0.1");
      socket.write(
        `POST ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Cycles-API-Key: ${apiKey}\r\n` +
          `Content-Type: application/json\r\nContent-Length: 90000000\r\n\r\n${"x".repeat(2 ** 21)}`,
      );
      let received = "";
      socket.on("data", (chunk) => (received += String(chunk)));
      socket.on("error", () => undefined);
      socket.on("close", () => {
        resolve(received);
      });
    });
    expect(response).toContain("HTTP/1.1 413");
    expect(response.toLowerCase()).toContain("connection: close");
  });

  it("survives a client that disconnects in the middle of a request", async () => {
    await using authority = new EmbeddedCycles({ budgets: acme });
    const server = await authority.listen();
    const { apiKey } = server.clientOptions("acme");
    await new Promise<void>((resolve) => {
      const socket = connect(Number(new URL(server.url).port), "127.0.0.1", () => {
        socket.write(
          `POST ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Cycles-API-Key: ${apiKey}\r\nContent-Length: 99\r\n\r\n{`,
          () => socket.destroy(),
        );
      });
      socket.on("close", () => {
        resolve();
      });
    });
    expect((await fetch(server.url)).status).toBe(404);
  });

  it("closes, and reports a port that is taken", async () => {
    const authority = new EmbeddedCycles({ budgets: acme });
    const server = await authority.listen(0);
    const taken = createServer();
    const port = await new Promise<number>((resolve) => {
      taken.listen(0, "127.0.0.1", () => {
        const address = taken.address();
        resolve(typeof address === "object" && address !== null ? address.port : 0);
      });
    });
    await expect(authority.listen(port)).rejects.toThrow(`127.0.0.1:${String(port)}`);
    taken.close();
    await server.close();
    await server.close();
    await expect(fetch(server.url)).rejects.toThrow();
  });
});

describe("a manual clock", () => {
  it("fires due timers in order, each at its own time", async () => {
    const clock = new ManualClock(1_000);
    const fired: string[] = [];
    const note = (name: string) => () => fired.push(`${name}@${String(clock.now())}`);
    clock.setTimeout(note("late"), 300);
    clock.setTimeout(note("first"), 100);
    clock.setTimeout(note("second"), 100).unref();
    clock.setTimeout(note("never"), 50).cancel();
    clock.setTimeout(() => void clock.setTimeout(note("nested"), 50), 100);
    await clock.advance(200);
    expect(fired).toEqual(["first@1100", "second@1100", "nested@1150"]);
    expect([clock.now(), clock.monotonic(), clock.pending]).toEqual([1_200, 200, 1]);
    await clock.advance(100);
    expect(fired.at(-1)).toBe("late@1300");
  });

  it("lets a request that a timer starts finish", async () => {
    const { clock, reserve, commit, ledger } = embedded();
    const chain = async () => {
      const { body } = await reserve(1);
      await commit(body.reservation_id, 1);
    };
    clock.setTimeout(() => void chain(), 10);
    await clock.advance(10);
    expect(ledger().spent).toBe(1);
  });

  it("refuses times that are not valid", async () => {
    expect(() => new ManualClock(NaN)).toThrow(RangeError);
    await expect(new ManualClock().advance(-1)).rejects.toThrow(RangeError);
  });
});
