import { beforeEach, describe, expect, it } from "vitest";
import { cents, embedded, rulesInUse, START, type Wire } from "./http.js";

type World = ReturnType<typeof embedded>;
const iso = (ms: number) => new Date(START + ms).toISOString();

describe("a reservation", () => {
  it("is read in full [scope-7 get-1]", async () => {
    const { reserve, commit, get, clock } = embedded({ rules: "server" });
    const subject = { tenant: "acme", agent: "Bot", dimensions: { team: "x" } };
    const more = { subject, metadata: { a: 1 }, idempotency_key: "k" };
    const { body } = await reserve(10, more);
    await clock.advance(1_000);
    await commit(body.reservation_id, 4, { metadata: { b: 2 } });
    expect((await get(body.reservation_id)).body).toEqual({
      reservation_id: body.reservation_id,
      status: "COMMITTED",
      idempotency_key: "k",
      subject: { ...subject, workspace: null, app: null, workflow: null, toolset: null },
      action: { kind: "llm.completion", name: "gpt-4o-mini", tags: null },
      reserved: cents(10),
      committed: cents(4),
      created_at_ms: START,
      expires_at_ms: START + 60_000,
      finalized_at_ms: START + 1_000,
      scope_path: "tenant:acme/agent:bot",
      affected_scopes: ["tenant:acme", "tenant:acme/agent:bot"],
      metadata: { a: 1 },
      committed_metadata: { b: 2 },
    });
  });

  it("that has expired is refused, and still listed [error-1 get-2]", async () => {
    const { reserve, get, list, clock } = embedded();
    const { body } = await reserve(10);
    await clock.advance(65_001);
    const gone = await get(body.reservation_id);
    expect([gone.status, gone.body.error]).toEqual([410, "RESERVATION_EXPIRED"]);
    expect((await list("?status=EXPIRED")).body.reservations).toHaveLength(1);
    expect((await get("never")).status).toBe(404);
  });
});

describe("a list", () => {
  let world: World;
  /** The names of the listed reservations, from their metadata, in the order of the response. */
  const names = async (query: string) => {
    const joined = query ? `${query}&include=metadata` : "?include=metadata";
    const { status, body } = await world.list(joined);
    expect(status).toBe(200);
    const rows: Wire["ReservationSummary"][] = body.reservations;
    return rows.map(({ metadata }) => String(metadata?.["name"])).join("");
  };

  // a: committed, b: released, c: active, d: expired, e: active with a long lease; one second apart.
  beforeEach(async () => {
    world = embedded();
    const { reserve, commit, release, clock } = world;
    const ids: Record<string, string> = {};
    for (const [name, amount, ttl_ms, agent] of [
      ["a", 10, 60_000, "one"],
      ["b", 30, 60_000, "one"],
      ["c", 20, 60_000, "two"],
      ["d", 5, 1_000, "two"],
      ["e", 15, 90_000, undefined],
    ] as const) {
      const subject = { tenant: "acme", ...(agent && { agent }) };
      const response = await reserve(amount, {
        subject,
        ttl_ms,
        metadata: { name },
        idempotency_key: `key-of-${name}`,
      });
      ids[name] = response.body.reservation_id;
      await clock.advance(1_000);
    }
    await clock.advance(15_000);
    await commit(ids["a"] ?? "", 10, { metadata: { note: "done" } });
    await clock.advance(1_000);
    await release(ids["b"] ?? "");
  });

  it.each([
    ["", "edcba"],
    ["?status=ACTIVE", "ec"],
    ["?status=COMMITTED", "a"],
    ["?agent=ONE", "ba"],
    ["?agent=two&status=EXPIRED", "d"],
    ["?tenant=acme&workspace=none", ""],
    ["?idempotency_key=key-of-c", "c"],
    ["?idempotency_key=none", ""],
    [`?from=${iso(1_000)}&to=${iso(3_000)}`, "dcb"],
    [`?from=${iso(4_000)}`, "e"],
    [`?expires_to=${iso(60_000)}`, "da"],
    [`?expires_from=${iso(62_000)}`, "ec"],
    [`?finalized_from=${iso(21_000)}`, "b"],
    [`?finalized_to=${iso(99_000)}`, "ba"],
    [`?from=${iso(1_000)}&finalized_from=${iso(0)}`, "b"],
    ["?from=&to=&expires_from=&expires_to=&finalized_from=&finalized_to=&agent=&cursor=", "edcba"],
    ["?sort_by=reserved&sort_dir=asc", "daecb"],
    ["?sort_by=reserved", "bcead"],
    ["?sort_by=expires_at_ms&sort_dir=asc", "dabce"],
    ["?sort_by=created_at_ms&sort_dir=asc", "abcde"],
    ["?unknown=ignored", "edcba"],
    ["?from=2025-12-31T23:59:60Z&to=2026-01-01t00:00:01z", "ba"],
    ["?expires_from=2026-01-01T01:01:02%2B01:00", "ec"],
  ])(
    "with the query %s is %s [list-1 list-2 list-4 list-5 list-6 list-8 list-14]",
    async (query, expected) => {
      expect(await names(query)).toBe(expected);
    },
  );

  it.each(["reservation_id", "tenant", "scope_path", "status"] as const)(
    "sorts by %s [list-8]",
    async (sort_by) => {
      const { body } = await world.list(`?sort_by=${sort_by}&sort_dir=asc`);
      const rows: (Wire["ReservationSummary"] & { tenant?: string })[] = body.reservations;
      const values = rows.map((row) => String(row[sort_by]));
      expect(values).toEqual([...values].sort());
      expect(values).toHaveLength(5);
    },
  );

  it.each(["tenant", "created_at_ms"] as const)(
    "sorts rows of equal %s by id, ascending in both directions, page by page",
    async (sort_by) => {
      const { reserve, list } = embedded();
      const made = await Promise.all(Array.from({ length: 9 }, () => reserve(1)));
      const ids = made.map(({ body }) => body.reservation_id as string).sort();
      for (const dir of ["asc", "desc"]) {
        const query = `?sort_by=${sort_by}&sort_dir=${dir}&limit=4`;
        const seen: string[] = [];
        for (let cursor: string | null = ""; cursor !== null;) {
          const { body } = await list(cursor === "" ? query : `${query}&cursor=${cursor}`);
          const rows: Wire["ReservationSummary"][] = body.reservations;
          seen.push(...rows.map(({ reservation_id }) => reservation_id));
          cursor = (body.next_cursor ?? null) as string | null;
        }
        expect(seen).toEqual(ids);
      }
    },
  );

  it("sorts a subject without a tenant after the others", async () => {
    const { reserve, list } = embedded({
      budgets: { "tenant:acme": cents(9), "agent:a": cents(9) },
    });
    const { body } = await reserve(1, { subject: { agent: "a" } });
    await reserve(1);
    const listed = await list("?sort_by=tenant&sort_dir=asc");
    expect(listed.body.reservations[1].reservation_id).toBe(body.reservation_id);
  });

  it("can be paged without gaps or repeats while rows are added and changed [list-9 list-10]", async () => {
    const query = "?sort_by=created_at_ms&limit=2";
    const first = await world.list(query);
    expect(first.body).toMatchObject({ has_more: true });
    await world.reserve(1);
    const seen = [...first.body.reservations];
    let cursor: string | null = first.body.next_cursor;
    while (cursor !== null) {
      // The limit and the included fields may change between pages.
      const next = await world.list(`${query}&include=metadata&cursor=${cursor}`);
      seen.push(...next.body.reservations);
      cursor = next.body.next_cursor ?? null;
      expect(next.body.has_more).toBe(cursor !== null);
    }
    expect(new Set(seen.map(({ reservation_id }) => reservation_id as string)).size).toBe(5);
    expect(seen).toHaveLength(5);
  });

  it.each(["&sort_by=reserved", "&sort_dir=asc", "&status=ACTIVE", `&from=${iso(0)}`])(
    "refuses its cursor if %s is added [list-9]",
    async (more) => {
      const { body } = await world.list("?limit=2");
      expect((await world.list(`?limit=3&cursor=${body.next_cursor}`)).status).toBe(200);
      const other = await world.list(`?cursor=${body.next_cursor}${more}`);
      expect([other.status, other.body.error]).toEqual([400, "INVALID_REQUEST"]);
      expect(other.body.message).toContain("cursor");
    },
  );

  it.each([
    ["cursor=garbage", "cursor"],
    [`cursor=${btoa("42")}`, "cursor"],
    ["limit=0", "limit"],
    ["limit=201", "limit"],
    ["limit=ten", "limit"],
    ["limit=1&limit=2", "limit"],
    ["status=OPEN", "status"],
    ["sort_by=colour", "sort_by"],
    ["idempotency_key=", "idempotency_key"],
    ["from=yesterday", "from"],
    [`from=${iso(2)}&to=${iso(1)}`, "from"],
    [`expires_from=${iso(2)}&expires_to=${iso(1)}`, "expires_from"],
    [`finalized_from=${iso(2)}&finalized_to=${iso(1)}`, "finalized_from"],
  ])("refuses %s and names %s [list-7 list-11]", async (query, field) => {
    const { status, body } = await world.list(`?${query}`);
    expect([status, body.error]).toEqual([400, "INVALID_REQUEST"]);
    expect(body.message).toContain(field);
  });

  it.each(["workspace", "app", "workflow", "agent", "toolset"])(
    "can be filtered by the subject's %s [list-3]",
    async (level) => {
      const { body } = await world.reserve(1, { subject: { tenant: "acme", [level]: "mine" } });
      await world.reserve(1, { subject: { tenant: "acme", [level]: "yours" } });
      const listed = await world.list(`?${level}=mine`);
      expect(listed.body.reservations).toMatchObject([{ reservation_id: body.reservation_id }]);
    },
  );

  it("has fifty rows by default, and two hundred at most [list-11]", async () => {
    for (let count = 0; count < 200; count += 1) await world.reserve(0);
    expect((await world.list()).body.reservations).toHaveLength(50);
    expect((await world.list("?limit=200")).body).toMatchObject({ has_more: true });
    expect((await world.list("?limit=200")).body.reservations).toHaveLength(200);
  });

  it("can be filtered by a key that contains question marks [list-1]", async () => {
    const { body } = await world.reserve(1, { idempotency_key: "a?status=OPEN?" });
    const listed = await world.list("?idempotency_key=a?status=OPEN?");
    expect(listed.body.reservations).toMatchObject([{ reservation_id: body.reservation_id }]);
  });

  it("includes both ends of a window [list-4]", async () => {
    expect(await names(`?from=${iso(1_000)}&to=${iso(1_000)}`)).toBe("b");
    expect(await names(`?finalized_from=${iso(20_000)}&finalized_to=${iso(20_000)}`)).toBe("a");
    expect(await names(`?expires_from=${iso(60_000)}&expires_to=${iso(61_000)}`)).toBe("ba");
  });

  it("shows the end and the charge only of settled rows [list-5 list-13]", async () => {
    const rows: Wire["ReservationSummary"][] = (await world.list()).body.reservations;
    const told = rows.map(({ status, finalized_at_ms, committed }) => [
      status,
      finalized_at_ms,
      committed?.amount,
    ]);
    expect(told.reverse()).toEqual([
      ["COMMITTED", START + 20_000, 10],
      ["RELEASED", START + 21_000, undefined],
      ["ACTIVE", undefined, undefined],
      ["EXPIRED", undefined, undefined],
      ["ACTIVE", undefined, undefined],
    ]);
  });

  it("shows the large fields only on request [list-12]", async () => {
    const query = "?status=COMMITTED&include=";
    const row = async (include: string) => {
      const rows: Wire["ReservationSummary"][] = (await world.list(query + include)).body
        .reservations;
      return rows[0];
    };
    expect(await row("")).not.toHaveProperty("metadata");
    expect(await row("metadata")).not.toHaveProperty("committed_metadata");
    expect(await row("")).toMatchObject({ committed: cents(10) });
    expect(await row(" metadata,,nonsense,")).toMatchObject({ metadata: { name: "a" } });
    const both = await row("metadata,committed_metadata,evidence");
    expect(both).toMatchObject({ committed_metadata: { note: "done" }, metadata: { name: "a" } });
  });
});

describe("balances", () => {
  const budgets = {
    "tenant:acme": [cents(100), { unit: "TOKENS" as const, amount: 9 }],
    "tenant:acme/agent:bot": cents(10),
    "tenant:acme/workspace:prod": cents(50),
    "tenant:acme/workspace:prod/agent:bot": cents(20),
    "tenant:b": cents(1),
  };
  const paths = (body: Wire["BalanceResponse"]) =>
    body.balances.map(({ scope_path }) => scope_path);

  it.each([
    ["?tenant=acme", ["tenant:acme", "tenant:acme"]],
    [
      "?tenant=acme&include_children=true",
      ["", "", "/agent:bot", "/workspace:prod", "/workspace:prod/agent:bot"].map(
        (rest) => `tenant:acme${rest}`,
      ),
    ],
    ["?workspace=PROD", ["tenant:acme/workspace:prod"]],
    ["?agent=bot", ["tenant:acme/agent:bot", "tenant:acme/workspace:prod/agent:bot"]],
    ["?workspace=prod&agent=bot", ["tenant:acme/workspace:prod/agent:bot"]],
    [
      "?workspace=prod&include_children=true",
      ["tenant:acme/workspace:prod", "tenant:acme/workspace:prod/agent:bot"],
    ],
    ["?toolset=none", []],
  ])("for %s are those of the selected scopes [balance-2]", async (query, expected) => {
    const { balances } = embedded({ budgets });
    expect(paths((await balances(query)).body)).toEqual(expected);
  });

  it("show every field, the last level and the whole path [balance-6]", async () => {
    const { balances, reserve } = embedded({ budgets, rules: "prose" });
    await reserve(5, { subject: { tenant: "acme", agent: "bot" } });
    const { body } = await balances("?agent=bot&limit=1");
    expect(body.balances).toEqual([
      {
        scope: "agent:bot",
        scope_path: "tenant:acme/agent:bot",
        remaining: cents(5),
        reserved: cents(5),
        spent: cents(0),
        debt: cents(0),
        allocated: cents(10),
        overdraft_limit: cents(0),
        is_over_limit: false,
      },
    ]);
  });

  it("are only the caller's own [tenant-3]", async () => {
    const { authority, balances } = embedded({
      budgets: { ...budgets, "tenant:b/agent:bot": cents(7), "agent:bot": cents(8) },
    });
    const own = await balances("?agent=bot", { key: authority.apiKey("b") });
    expect(paths(own.body)).toEqual(["tenant:b/agent:bot"]);
  });

  it("add up in one unit each, also below zero [balance-4 balance-5]", async () => {
    const { balances, event } = embedded({
      budgets: { "tenant:acme": { allocated: cents(10), overdraft_limit: cents(50) } },
    });
    await event(40, { overage_policy: "ALLOW_WITH_OVERDRAFT" });
    const debt = rulesInUse() === "server" ? 30 : 40;
    expect((await balances("?tenant=acme")).body.balances).toMatchObject([
      {
        allocated: cents(10),
        spent: cents(40 - debt),
        reserved: cents(0),
        debt: cents(debt),
        remaining: cents(-30),
        overdraft_limit: cents(50),
      },
    ]);
  });

  it.each(["workspace", "app", "workflow", "agent", "toolset"])(
    "can be filtered by the %s of their scope [balance-2]",
    async (level) => {
      const scope = `tenant:acme/${level}:mine`;
      const { balances } = embedded({ budgets: { "tenant:acme": cents(1), [scope]: cents(1) } });
      expect(paths((await balances(`?${level}=mine`)).body)).toEqual([scope]);
    },
  );

  it("come in pages, whose cursors are bound to the filters [balance-3]", async () => {
    const { balances } = embedded({ budgets });
    const query = "?tenant=acme&include_children=true&limit=2";
    const first = (await balances(query)).body;
    const second = (await balances(`${query}&cursor=${first.next_cursor}`)).body;
    const third = (await balances(`${query}&cursor=${second.next_cursor}`)).body;
    expect([first, second, third].map((body) => paths(body).length)).toEqual([2, 2, 1]);
    expect(third).toMatchObject({ has_more: false });
    const other = await balances(`?agent=bot&cursor=${first.next_cursor}`);
    expect(other.status).toBe(400);
  });

  it("need a filter that is not blank, and a boolean for include_children [balance-1]", async () => {
    const { balances } = embedded({ budgets });
    for (const query of ["", "?include_children=true", "?tenant="]) {
      expect((await balances(query)).body.message).toContain("tenant, workspace");
    }
    expect((await balances("?tenant=acme&include_children=maybe")).body.message).toContain(
      "include_children",
    );
  });
});
