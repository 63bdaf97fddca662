import { describe, expect, it } from "vitest";
import { cents, embedded, START } from "./http.js";

const key = { idempotency_key: "same" };
const HOUR = 3_600_000;

describe.each(["server", "prose"] as const)("under the %s rules", (rules) => {
  const isServer = rules === "server";

  it("grants the caps of the leaf scope only, or of the deepest scope that has caps [reserve-7 caps-1 caps-2]", async () => {
    const caps = { max_tokens: 5 };
    const { reserve, decide } = embedded({
      rules,
      budgets: {
        "tenant:acme": { allocated: cents(100), caps: { max_tokens: 10 } },
        "tenant:acme/workspace:prod": { allocated: cents(100), caps },
        "tenant:acme/workspace:prod/agent:bot": cents(100),
      },
    });
    const subject = { tenant: "acme", workspace: "prod" };
    const capped = { decision: "ALLOW_WITH_CAPS", caps };
    for (const [inner, expected] of [
      [{}, capped],
      [{ agent: "bot" }, isServer ? { decision: "ALLOW" } : capped],
      [{ agent: "has-no-budget" }, isServer ? { decision: "ALLOW" } : capped],
    ] as const) {
      const who = { subject: { ...subject, ...inner } };
      for (const { body } of [
        await reserve(1, who),
        await decide(1, who),
        await reserve(1, { ...who, dry_run: true }),
      ]) {
        expect(body).toMatchObject(expected);
        expect("caps" in body).toBe("caps" in expected);
      }
    }
  });

  it("grants the caps that the leaf scope has in the unit of the request", async () => {
    const tokens = { unit: "TOKENS", amount: 10 } as const;
    const { reserve } = embedded({
      rules,
      budgets: {
        "tenant:acme": tokens,
        "tenant:acme/agent:bot": [{ allocated: cents(10), caps: { max_tokens: 5 } }],
      },
    });
    const subject = { tenant: "acme", agent: "bot" };
    expect((await reserve(0, { subject, estimate: tokens })).body.decision).toBe("ALLOW");
  });

  it(`grants a lease of ${isServer ? "at most an hour" : "any length"}, unless an option limits it [reserve-5 ttl-1]`, async () => {
    const { reserve, extend, get } = embedded({ rules });
    const { body } = await reserve(1, { ttl_ms: 2 * HOUR });
    const granted = isServer ? HOUR : 2 * HOUR;
    expect(body).toMatchObject({ expires_at_ms: START + granted, remaining_ttl_ms: granted });
    expect((await get(body.reservation_id)).body.expires_at_ms).toBe(START + granted);
    const extended = (await extend(body.reservation_id, 3 * HOUR)).body;
    expect(extended.remaining_ttl_ms).toBe(granted + 3 * HOUR);

    for (const maxTtlMs of [HOUR / 2, 2 * HOUR]) {
      const limited = embedded({ rules, maxTtlMs });
      const short = await limited.reserve(1, { ttl_ms: 3 * HOUR });
      expect(short.body.remaining_ttl_ms).toBe(maxTtlMs);
    }
  });

  it.each(["tenant", "workspace", "agent"] as const)(
    `${isServer ? "refuses" : "skips"} an empty %s in a subject [blank-1]`,
    async (level) => {
      const { reserve, decide, event } = embedded({
        rules,
        budgets: { "tenant:acme": cents(9), "toolset:t": cents(9) },
      });
      const subject = { tenant: "acme", [level]: "", toolset: "t" };
      for (const send of [reserve, decide, event]) {
        const { status, body } = await send(1, { subject });
        if (!isServer) expect([200, 201]).toContain(status);
        else {
          expect([status, body.error]).toEqual([400, "INVALID_REQUEST"]);
          expect(body.message).toBe(`subject.${level}: must not be blank`);
        }
      }
    },
  );

  it("refuses a subject of only blank levels, and a level of spaces", async () => {
    const { reserve } = embedded({ rules });
    for (const subject of [{ tenant: "" }, { tenant: "acme", agent: "  " }]) {
      const { status, body } = await reserve(1, { subject });
      expect([status, body.error]).toEqual([400, "INVALID_REQUEST"]);
    }
  });

  it.each(["kind", "name"])(
    `${isServer ? "refuses" : "accepts"} a blank %s of an action [blank-1]`,
    async (member) => {
      const { reserve, decide, event } = embedded({ rules });
      for (const blank of ["", "  \t"]) {
        const action = { kind: "k", name: "n", [member]: blank };
        for (const send of [reserve, decide, event]) {
          const { status, body } = await send(1, { action });
          if (!isServer) expect([200, 201]).toContain(status);
          else {
            expect([status, body.error]).toEqual([400, "INVALID_REQUEST"]);
            expect(body.message).toBe(`action.${member}: must not be blank`);
          }
        }
      }
    },
  );

  it("refuses a blank level before it refuses another tenant", async () => {
    const { reserve } = embedded({ rules });
    const { status } = await reserve(1, { subject: { tenant: "b", agent: "" } });
    expect(status).toBe(isServer ? 400 : 403);
  });

  it("accepts blank tags, dimensions and keys", async () => {
    const { reserve } = embedded({ rules });
    const { status } = await reserve(1, {
      idempotency_key: " ",
      subject: { tenant: "acme", dimensions: { " ": " " } },
      action: { kind: "k", name: "n", tags: [""] },
    });
    expect(status).toBe(200);
  });

  it("refuses a commit in a wrong unit after the expiry, with a code of its own [commit-10 commit-12]", async () => {
    const { reserve, commit, clock } = embedded({ rules });
    const { body } = await reserve(1, { ttl_ms: 1_000, grace_period_ms: 1_000 });
    const odd = { actual: { unit: "TOKENS", amount: 1 } };
    const attempt = async () => {
      const { status, body: refused } = await commit(body.reservation_id, 1, odd);
      return [status, refused.error] as const;
    };
    await clock.advance(2_000);
    expect(await attempt()).toEqual([400, "UNIT_MISMATCH"]);
    await clock.advance(1);
    expect(await attempt()).toEqual(
      isServer ? [410, "RESERVATION_EXPIRED"] : [400, "UNIT_MISMATCH"],
    );
  });

  it("compares the bodies of repeated requests [key-9 key-11]", async () => {
    const { reserve, ledger } = embedded({ rules });
    const subject = { tenant: "acme", dimensions: { a: "1", b: "2" } };
    const first = await reserve(1, { ...key, subject, metadata: { c: { d: 1, e: 2 }, f: [1] } });
    const repeat = async (more: object) =>
      (await reserve(1, { ...key, subject, metadata: { c: { d: 1, e: 2 }, f: [1] }, ...more }))
        .status;

    // The order of a body's own members never counts.
    const reordered = { metadata: { c: { d: 1, e: 2 }, f: [1] }, ...key, subject };
    expect((await reserve(1, reordered)).body).toEqual(first.body);
    expect(await repeat({ subject: { dimensions: subject.dimensions, tenant: "acme" } })).toBe(200);
    // The server counts the order in free-form members, and `dry_run: false` is its default.
    const different = isServer ? 409 : 200;
    expect(await repeat({ metadata: { f: [1], c: { d: 1, e: 2 } } })).toBe(different);
    expect(await repeat({ metadata: { c: { e: 2, d: 1 }, f: [1] } })).toBe(different);
    expect(await repeat({ subject: { tenant: "acme", dimensions: { b: "2", a: "1" } } })).toBe(
      different,
    );
    expect(await repeat({ dry_run: false })).toBe(isServer ? 200 : 409);
    expect(await repeat({ dry_run: true })).toBe(409);
    expect(await repeat({ overage_policy: "ALLOW_IF_AVAILABLE" })).toBe(409);
    expect(await repeat({ ttl_ms: 60_000 })).toBe(409);
    expect(ledger().reserved).toBe(1);
  });

  it("counts the order of custom metrics of a repeated commit as that of metadata", async () => {
    const { reserve, commit } = embedded({ rules });
    const { body } = await reserve(1);
    const send = (metrics: object) => commit(body.reservation_id, 1, { ...key, metrics });
    expect((await send({ tokens_input: 1, custom: { a: 1, b: 2 } })).status).toBe(200);
    expect((await send({ custom: { a: 1, b: 2 }, tokens_input: 1 })).status).toBe(200);
    expect((await send({ tokens_input: 1, custom: { b: 2, a: 1 } })).status).toBe(
      isServer ? 409 : 200,
    );
  });

  it("accepts a cursor with and without a filter by the caller's tenant [list-15]", async () => {
    const { reserve, list, balances } = embedded({
      rules,
      budgets: {
        "tenant:acme": cents(9),
        "tenant:acme/agent:bot": cents(9),
        "tenant:acme/agent:bot/toolset:t": cents(9),
      },
    });
    for (let count = 0; count < 3; count += 1) await reserve(1);
    for (const [first, second] of [
      ["", "&tenant=acme"],
      ["&tenant=acme", ""],
    ] as const) {
      const { body } = await list(`?limit=2${first}`);
      const next = await list(`?cursor=${body.next_cursor}${second}`);
      expect([next.status, next.body.reservations?.length]).toEqual([200, 1]);
    }
    const { body } = await balances("?agent=bot&include_children=true&limit=1");
    const next = await balances(
      `?agent=bot&tenant=acme&include_children=true&cursor=${body.next_cursor}`,
    );
    expect([next.status, next.body.balances?.length]).toEqual([200, 1]);
  });

  it("binds a cursor to the tenant whose reservations it lists", async () => {
    const { authority, reserve, list } = embedded({
      rules,
      budgets: { "tenant:acme": cents(9), "tenant:b": cents(9) },
    });
    const other = { key: authority.apiKey("b") };
    for (let count = 0; count < 2; count += 1) {
      await reserve(1);
      await reserve(1, { subject: { tenant: "b" } }, other);
    }
    const { body } = await list("?limit=1");
    expect((await list(`?limit=1&cursor=${body.next_cursor}`, other)).status).toBe(400);
  });
});
