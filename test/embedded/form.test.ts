import { describe, expect, it } from "vitest";
import { cents, embedded, idOf } from "./http.js";

const bot = { subject: { tenant: "acme", agent: "bot" } };
const tokens = { unit: "TOKENS" as const, amount: 1 };
/** The members that a balance always has. */
const always = ["scope", "scope_path", "remaining", "reserved", "spent", "allocated"];
const overLimit = { allocated: cents(100), debt: cents(7), overdraft_limit: cents(6) };

const server = () => embedded({ rules: "server" });
const prose = () => embedded({ rules: "prose" });

describe("a balance", () => {
  it("leaves out what is zero or false, as on the server, wherever it is returned", async () => {
    const { reserve, commit, release, extend, event, balances } = server();
    const [first, second] = [await reserve(10), await reserve(10)];
    const responses = [
      first,
      await reserve(1, { dry_run: true }),
      await extend(idOf(first), 1_000),
      await commit(idOf(first), 10),
      await release(idOf(second)),
      await event(1),
      await balances("?tenant=acme"),
    ];
    for (const { body } of responses)
      expect(Object.keys(body.balances[0]).sort()).toEqual([...always].sort());
  });

  it("has the debt, the limit and the mark of a scope over its limit", async () => {
    const { balances } = embedded({ budgets: { "tenant:acme": overLimit } });
    expect((await balances("?tenant=acme")).body.balances).toEqual([
      {
        scope: "tenant:acme",
        scope_path: "tenant:acme",
        remaining: cents(93),
        reserved: cents(0),
        spent: cents(0),
        allocated: cents(100),
        debt: cents(7),
        overdraft_limit: cents(6),
        is_over_limit: true,
      },
    ]);
  });

  it("has every member under the prose rules", async () => {
    const zero = { debt: cents(0), overdraft_limit: cents(0), is_over_limit: false };
    expect((await prose().reserve(10)).body.balances).toMatchObject([zero]);
  });

  it("has every member in authority.balances(), under both rule sets", () => {
    const { authority } = server();
    expect(authority.balances()).toEqual(prose().authority.balances());
    expect(authority.balances("tenant:acme")).toMatchObject([
      { debt: cents(0), is_over_limit: false },
    ]);
  });
});

describe("a settlement", () => {
  it("has no `released` on the server if nothing was released", async () => {
    const { reserve, commit } = server();
    expect((await commit(idOf(await reserve(10)), 10)).body).not.toHaveProperty("released");
    expect((await commit(idOf(await reserve(10)), 12)).body).not.toHaveProperty("released");
    expect((await commit(idOf(await reserve(10)), 4)).body.released).toEqual(cents(6));
  });

  it("has a zero `released` under the prose rules", async () => {
    const { reserve, commit } = prose();
    expect((await commit(idOf(await reserve(10)), 10)).body.released).toEqual(cents(0));
  });

  it("always has `released` if it is a release, because the contract requires it", async () => {
    const { reserve, release } = server();
    expect((await release(idOf(await reserve(0)))).body.released).toEqual(cents(0));
  });

  it("is repeated in the same form", async () => {
    const { reserve, commit } = server();
    const id = idOf(await reserve(10));
    const first = await commit(id, 10, { idempotency_key: "k" });
    expect((await commit(id, 10, { idempotency_key: "k" })).body).toEqual(first.body);
  });
});

describe("a refusal", () => {
  const nested = { "tenant:acme": cents(100), "tenant:acme/agent:bot": cents(5) };

  it("has no details on the server, except for the unit of a reserve, decision or event", async () => {
    const { reserve, decide, event, commit } = embedded({ budgets: nested });
    const id = idOf(await reserve(1, bot));
    expect((await reserve(6, bot)).body).not.toHaveProperty("details");
    const odd = await commit(id, 1, { actual: tokens });
    expect([odd.status, odd.body.error]).toEqual([400, "UNIT_MISMATCH"]);
    expect(odd.body).not.toHaveProperty("details");
    const details = {
      scope: "tenant:acme",
      requested_unit: "TOKENS",
      expected_units: ["USD_MICROCENTS"],
    };
    for (const response of [
      await reserve(1, { estimate: tokens }),
      await reserve(1, { estimate: tokens, dry_run: true }),
      await decide(1, { estimate: tokens }),
      await event(1, { actual: tokens }),
    ]) {
      expect([response.status, response.body.details]).toEqual([400, details]);
    }
  });

  it("names the scope in its details under the prose rules", async () => {
    const { reserve } = embedded({ budgets: nested, rules: "prose" });
    expect((await reserve(6, bot)).body.details).toEqual({ scope: "tenant:acme/agent:bot" });
  });
});

describe("a read", () => {
  const subject = {
    tenant: "acme",
    workspace: null,
    app: null,
    workflow: null,
    agent: "bot",
    toolset: null,
    dimensions: null,
  };
  const action = { kind: "llm.completion", name: "gpt-4o-mini", tags: null };

  it("has null for the absent members of subject and action, and for no others, on the server", async () => {
    const { reserve, get, list } = server();
    const id = idOf(await reserve(1, bot));
    for (const row of [(await get(id)).body, (await list()).body.reservations[0]]) {
      expect(row).toMatchObject({ subject, action });
      for (const absent of ["finalized_at_ms", "committed", "metadata", "committed_metadata"]) {
        expect(row).not.toHaveProperty(absent);
      }
    }
  });

  it("returns what was sent unchanged, even if it is empty", async () => {
    const { reserve, get } = server();
    const sent = {
      subject: { ...bot.subject, dimensions: {} },
      action: { kind: "k", name: "n", tags: [] },
    };
    expect((await get(idOf(await reserve(1, sent)))).body).toMatchObject(sent);
  });

  it("has a null cursor on the last page on the server", async () => {
    const { reserve, list, balances } = server();
    await Promise.all([reserve(1), reserve(1)]);
    const first = await list("?limit=1");
    expect(first.body).toMatchObject({ has_more: true, next_cursor: expect.any(String) });
    const end = { has_more: false, next_cursor: null };
    expect((await list(`?limit=1&cursor=${first.body.next_cursor}`)).body).toMatchObject(end);
    expect((await balances("?tenant=acme")).body).toMatchObject(end);
  });

  it("leaves out what is absent under the prose rules", async () => {
    const { reserve, get, list, balances } = prose();
    const { body } = await get(idOf(await reserve(1, bot)));
    expect(body.subject).toEqual(bot.subject);
    expect(body.action).not.toHaveProperty("tags");
    for (const page of [await list(), await balances("?tenant=acme")]) {
      expect(page.body.has_more).toBe(false);
      expect(page.body).not.toHaveProperty("next_cursor");
    }
  });
});

describe("the headers of the rate limit", () => {
  const limits = ({ headers }: { headers: Headers }) => [
    headers.get("X-RateLimit-Remaining"),
    headers.get("X-RateLimit-Reset"),
  ];

  it("say on every response that there is no limit, as the server's do", async () => {
    const { authority, reserve, get, balances } = server();
    const unknown = await authority.fetch("http://x/nowhere");
    for (const response of [
      await reserve(1),
      await reserve(1_000),
      await get("none", { key: null }),
      await balances("?tenant=acme"),
      unknown,
    ]) {
      expect(limits(response)).toEqual(["-1", "0"]);
    }
  });

  it("have the real numbers if there is a limit, and are absent if the request was not counted", async () => {
    const { reserve, clock } = embedded({ rateLimit: { requests: 5, windowMs: 1_000 } });
    const reset = String(clock.now() / 1_000 + 1);
    expect(limits(await reserve(1))).toEqual(["4", reset]);
    expect(limits(await reserve(1, {}, { key: "unknown" }))).toEqual([null, null]);
  });

  it("are absent under the prose rules", async () => {
    expect(limits(await prose().reserve(1))).toEqual([null, null]);
  });
});
