import {
  BudgetDeniedError,
  type CreateReservationParams,
  type CyclesClient,
  microcents,
} from "cycles-client";
import { describe, expect, it } from "vitest";
import type { LiveServer } from "./suite.js";

/** What the cases share with the rest of the suite. */
interface Setting {
  readonly server: () => LiveServer;
  readonly open: () => CyclesClient;
  /** Creates a reservation that is released at the end, and returns its id. */
  readonly create: (client: CyclesClient, body?: CreateReservationParams) => Promise<string>;
  readonly request: CreateReservationParams;
}

/** Tests of the points in which clients of the protocol often fail. */
export function describeEdges({ server, open, create, request }: Setting): void {
  const { action } = request;

  describe("optional members that a read leaves out", () => {
    it("are null in a reservation, and absent from the client's result", async () => {
      const { tenant } = server();
      const client = open();
      const id = await create(client);
      const path = { reservation_id: id };
      const { data } = await client.raw.GET("/v1/reservations/{reservation_id}", {
        params: { path },
      });
      expect(data).toMatchObject({
        subject: { tenant, workspace: null, agent: null, dimensions: null },
        action: { ...action, tags: null },
      });
      expect(await client.getReservation(id)).toEqual(withoutNulls(data));
    });

    it("are null in lists, which a null cursor ends", async () => {
      const client = open();
      const key = crypto.randomUUID();
      const id = await create(client, { ...request, idempotency_key: key });
      const query = { idempotency_key: key, sort_by: "created_at_ms" } as const;
      const { data } = await client.raw.GET("/v1/reservations", { params: { query } });
      expect(data).toMatchObject({
        reservations: [{ reservation_id: id, subject: { workspace: null } }],
        next_cursor: null,
      });
      expect(await client.listReservations(query)).toEqual(withoutNulls(data));
      const seen: string[] = [];
      for await (const { reservation_id } of client.listReservations(query))
        seen.push(reservation_id);
      expect(seen).toEqual([id]);
    });

    it("are absent from balances, which a null cursor ends", async () => {
      const { tenant } = server();
      const client = open();
      expect(JSON.stringify(await client.getBalances({ tenant }))).not.toContain(":null");
      const scopes: string[] = [];
      for await (const { scope_path } of client.getBalances({ tenant })) scopes.push(scope_path);
      expect(scopes).toContain(`tenant:${tenant.toLowerCase()}`);
    });
  });

  it("refuses a commit above the estimate under REJECT, and then accepts the estimate", async () => {
    const client = open();
    const id = await create(client, { ...request, overage_policy: "REJECT" });
    const error: unknown = await client
      .commitReservation(id, { actual: microcents(101) })
      .catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(BudgetDeniedError);
    expect(error).toMatchObject({ httpStatus: 409, code: "BUDGET_EXCEEDED" });
    expect(await client.getReservation(id)).toMatchObject({ status: "ACTIVE" });
    expect(await client.commitReservation(id, { actual: microcents(100) })).toMatchObject({
      status: "COMMITTED",
      charged: microcents(100),
    });
  });

  it("turns the part of an event that the budget cannot pay into debt", async ({ skip }) => {
    const { tenant, overdraftAgent: agent } = server();
    if (!agent) return skip("the server has no budget with an overdraft limit");
    const client = open();
    const scope = `tenant:${tenant}/agent:${agent}`.toLowerCase();
    const state = async () => {
      for await (const { scope_path, remaining, debt } of client.getBalances({ tenant, agent }))
        if (scope_path === scope && remaining.unit === "USD_MICROCENTS")
          return { remaining: Math.max(0, remaining.amount), debt: debt?.amount ?? 0 };
      throw new Error(`${scope} has no budget in USD_MICROCENTS`);
    };
    const before = await state();
    const actual = microcents(before.remaining + 1);
    const event = await client.createEvent({
      subject: { agent },
      action,
      actual,
      overage_policy: "ALLOW_WITH_OVERDRAFT",
    });
    expect(event).toMatchObject({ status: "APPLIED" });
    expect(await state()).toEqual({ remaining: 0, debt: before.debt + 1 });
  });

  it("returns the caps of a scope only to reserves whose innermost scope it is", async ({
    skip,
  }) => {
    const { cappedAgent: agent } = server();
    if (!agent) return skip("the server has no budget with caps");
    const client = open();
    const capsOf = async (subject: object) =>
      (await client.createReservation({ ...request, subject, dry_run: true })).caps;
    expect(Object.keys((await capsOf({ agent })) ?? {})).not.toEqual([]);
    expect(await capsOf({})).toBeUndefined();
    expect(await capsOf({ agent, toolset: "web" })).toBeUndefined();
    const guard = await client.reserve({ ...request, subject: { agent } });
    expect(guard.reservation.decision).toBe("ALLOW_WITH_CAPS");
    expect(guard.reservation.caps).toEqual(await capsOf({ agent }));
    await guard.release();
  });

  it.each([
    ["level of the subject that is empty", { agent: "" }, {}],
    ["level of the subject that is blank", { agent: "  " }, {}],
    ["kind of action that is blank", {}, { kind: " " }],
  ])("refuses a %s", async (_name, level, kind) => {
    const { tenant } = server();
    // The client itself leaves out blank levels and refuses a blank kind.
    const { response, data, error } = await open().raw.POST("/v1/reservations", {
      body: {
        ...request,
        idempotency_key: crypto.randomUUID(),
        subject: { tenant, ...level },
        action: { ...action, ...kind },
      },
    });
    expect(data).toBeUndefined();
    expect(response.status).toBe(400);
    expect(error).toMatchObject({ error: "INVALID_REQUEST" });
  });
}

/** A copy of JSON without the members that are null. */
function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (typeof value !== "object" || value === null) return value;
  const members = Object.entries(value).filter(([, member]) => member !== null);
  return Object.fromEntries(members.map(([name, member]) => [name, withoutNulls(member)]));
}
