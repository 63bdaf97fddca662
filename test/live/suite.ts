import { randomUUID } from "node:crypto";
import {
  BudgetNotFoundError,
  type ClientOptions,
  type CreateReservationParams,
  CyclesClient,
  isCyclesError,
  microcents,
  ReservationStateError,
  tokens,
  UnitMismatchError,
} from "cycles-client";
import { afterAll, describe, expect, it } from "vitest";
import { describeEdges } from "./edges.js";
import { LiveReservations } from "./reservations.js";

/**
 * A Cycles server with a tenant that has a budget without caps in USD_MICROCENTS, and none in
 * TOKENS.
 */
export interface LiveServer {
  readonly baseUrl: string;
  readonly apiKey: string;
  readonly tenant: string;
  /** An agent whose scope `tenant:…/agent:…` has a budget in USD_MICROCENTS with an overdraft limit. */
  readonly overdraftAgent?: string | undefined;
  /** An agent whose scope `tenant:…/agent:…` has a budget in USD_MICROCENTS with caps. */
  readonly cappedAgent?: string | undefined;
  /** Lets `ms` milliseconds pass on the server's clock. */
  readonly wait: (ms: number) => Promise<void>;
}

/** How long a server may take to notice that a reservation has expired. */
const SWEEP_MS = 15_000;
const SHORTEST_TTL_MS = 1_000;

/**
 * Tests what every server of the protocol must do. They leave no budget reserved, even if they
 * fail. Each run spends a little, and adds one microcent of debt to the overdraft agent.
 */
export function behavesAsTheProtocolSays(server: () => LiveServer): void {
  const opened: CyclesClient[] = [];
  /** The action name identifies the reservations of this run among others on the same budget. */
  const reservations = new LiveReservations(`live-${randomUUID()}`);
  const open = (options: ClientOptions = {}) => {
    const { baseUrl, apiKey, tenant } = server();
    const client = new CyclesClient({
      baseUrl,
      apiKey,
      subject: { tenant },
      journal: false,
      logLevel: "off",
      onNotice: reservations.onNotice,
      ...options,
    });
    opened.push(client);
    return client;
  };
  const action = { kind: "test.live", name: reservations.name };
  const request = { action, estimate: microcents(100), ttl_ms: 60_000 };
  /** Creates a reservation that is released at the end, and returns its id. */
  const create = async (client: CyclesClient, body: CreateReservationParams = request) =>
    reservations.add((await client.createReservation(body)).reservation_id);

  afterAll(async () => {
    const client = open();
    try {
      await Promise.allSettled(opened.filter((one) => one !== client).map((one) => one.close()));
      await reservations.release(client);
    } finally {
      await client.close();
    }
  });

  describe("operations", () => {
    it("decides without reserving budget", async () => {
      const { decision, affected_scopes } = await open().decide({
        action,
        estimate: microcents(100),
      });
      expect(decision).toMatch(/^ALLOW/);
      expect(affected_scopes?.[0]).toContain("tenant:");
    });

    it("evaluates a dry run without making a reservation", async () => {
      const response = await open().createReservation({ ...request, dry_run: true });
      expect(response.decision).toMatch(/^ALLOW/);
      expect(response.reservation_id).toBeUndefined();
    });

    it("reserves, extends, reads and commits", async () => {
      const client = open();
      const id = await create(client);
      const before = await client.getReservation(id);
      expect(before).toMatchObject({ status: "ACTIVE", action, reserved: microcents(100) });
      const { expires_at_ms } = await client.extendReservation(id, { extend_by_ms: 5_000 });
      expect(expires_at_ms).toBeGreaterThan(before.expires_at_ms);
      const { status, charged } = await client.commitReservation(id, { actual: microcents(40) });
      expect({ status, charged }).toEqual({ status: "COMMITTED", charged: microcents(40) });
      expect(await client.getReservation(id)).toMatchObject({ status: "COMMITTED" });
    });

    it("releases a reservation", async () => {
      const client = open();
      const id = await create(client);
      expect(await client.releaseReservation(id)).toMatchObject({ status: "RELEASED" });
    });

    it("records an event", async () => {
      const event = await open().createEvent({ action, actual: microcents(5) });
      expect(event).toMatchObject({ status: "APPLIED" });
      expect(event.event_id).not.toBe("");
    });

    it("returns the balances", async () => {
      const { tenant } = server();
      const { balances } = await open().getBalances({ tenant });
      expect(balances.map(({ remaining }) => remaining.unit)).toContain("USD_MICROCENTS");
    });
  });

  describe("a guard", () => {
    it("commits the spend that the work noted", async () => {
      const client = open();
      const id = await client.run(request, (guard) => {
        guard.setActual(microcents(30));
        return guard.id;
      });
      expect(await client.getReservation(id)).toMatchObject({
        status: "COMMITTED",
        committed: microcents(30),
      });
    });

    it("releases its reservation if the work fails", async () => {
      const client = open();
      let id = "";
      const work = client.run(request, (guard) => {
        ({ id } = guard);
        throw new RangeError("boom");
      });
      await expect(work).rejects.toThrow(RangeError);
      expect(await client.getReservation(id)).toMatchObject({ status: "RELEASED" });
    });

    it("records a spend as an event once its reservation has expired", async () => {
      const client = open();
      const short = { ...request, ttl_ms: SHORTEST_TTL_MS, grace_period_ms: 0 };
      const guard = await client.reserve(short, { heartbeat: false });
      await expired(client, guard.id);
      expect(await guard.commit(microcents(20))).toMatchObject({ via: "event" });
    });
  });

  describe("errors", () => {
    it("have status 410 if the reservation has expired", async () => {
      const client = open();
      const short = { ...request, ttl_ms: SHORTEST_TTL_MS, grace_period_ms: 0 };
      const id = await create(client, short);
      const error = await expired(client, id);
      expect(error).toBeInstanceOf(ReservationStateError);
      expect(error).toMatchObject({ httpStatus: 410, code: "RESERVATION_EXPIRED" });
    });

    it("have a hint if the unit has no budget", async () => {
      const reserving = open().createReservation({ ...request, estimate: tokens(10) });
      const error: unknown = await reserving.catch((reason: unknown) => reason);
      const isHinted = error instanceof UnitMismatchError || error instanceof BudgetNotFoundError;
      expect(isHinted, String(error)).toBe(true);
      expect(error).toMatchObject({ hint: { requestedUnit: "TOKENS" } });
    });

    it("name the unit if the unit of a commit differs from that of its reservation", async () => {
      const client = open();
      const id = await create(client);
      const committing = client.commitReservation(id, { actual: tokens(10) });
      const error: unknown = await committing.catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(UnitMismatchError);
      expect(error).toMatchObject({ httpStatus: 400, requestedUnit: "TOKENS" });
    });

    it("have the body of the response and its request id", async () => {
      const error: unknown = await open()
        .getReservation(randomUUID())
        .catch((reason: unknown) => reason);
      expect(isCyclesError(error, "NOT_FOUND")).toBe(true);
      expect(error).toMatchObject({ httpStatus: 404, body: { error: "NOT_FOUND" } });
      expect((error as { requestId?: string }).requestId).toBeTruthy();
    });

    it("have status 401 if the API key is unknown", async () => {
      const stranger = open({ apiKey: "cyc_live_unknown" });
      await expect(stranger.createReservation(request)).rejects.toMatchObject({ httpStatus: 401 });
    });
  });

  describe("idempotency", () => {
    it("returns the first reservation for a repeated reserve, and refuses another body", async () => {
      const client = open();
      const body = { ...request, idempotency_key: randomUUID() };
      const first = await create(client, body);
      const again = await create(client, body);
      expect(again).toBe(first);
      const other = client.createReservation({ ...body, estimate: microcents(101) });
      await expect(other).rejects.toMatchObject({ code: "IDEMPOTENCY_MISMATCH" });
    });

    it("charges a repeated commit once", async () => {
      const client = open();
      const id = await create(client);
      const body = { actual: microcents(10), idempotency_key: randomUUID() };
      const first = await client.commitReservation(id, body);
      expect((await client.commitReservation(id, body)).charged).toEqual(first.charged);
    });
  });

  describeEdges({ server, open, create, request });

  it("pages through reservations without repeating one", async () => {
    const client = open();
    const made: string[] = [];
    for (let count = 0; count < 5; count += 1) {
      made.push(await create(client));
    }
    const seen: string[] = [];
    for await (const { reservation_id } of client.listReservations({ status: "ACTIVE", limit: 2 }))
      seen.push(reservation_id);
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen).toEqual(expect.arrayContaining(made));
  });

  it("returns the trace id that it was sent, and a request id", async () => {
    const traceId = randomUUID().replaceAll("-", "");
    const traced = open({ traceparent: `00-${traceId}-00f067aa0ba902b7-01` });
    const response = await traced.decide({ action, estimate: microcents(1) }).withResponse();
    expect(response.traceId).toBe(traceId);
    expect(response.requestId).toBeTruthy();
  });

  /** Waits until the server treats the reservation as expired, and returns the server's error. */
  async function expired(client: CyclesClient, id: string): Promise<unknown> {
    for (let waited = 0; waited <= SWEEP_MS; waited += SHORTEST_TTL_MS) {
      await server().wait(SHORTEST_TTL_MS);
      try {
        await client.getReservation(id);
      } catch (error) {
        return error;
      }
    }
    throw new Error(`reservation ${id} has not expired after ${SWEEP_MS} ms`);
  }
}
