import {
  BudgetDeniedError,
  CyclesValidationError,
  GuardStateError,
  ReservationStateError,
  tokens,
  usd,
} from "cycles-client";
import { describe, expect, it } from "vitest";
import { budgeted } from "../support/budgeted.js";
import { refusal, request } from "../support/responses.js";

describe("a guard", () => {
  it("holds the estimate until the commit, and then returns the rest", async () => {
    const { client, reserved, spent } = budgeted();
    const guard = await client.reserve(request);
    expect(guard.state).toBe("open");
    expect(reserved()).toBe(40_000_000);
    const settlement = await guard.commit(usd("0.25"), { metrics: { tokens_input: 12 } });
    expect(settlement).toMatchObject({ state: "committed", via: "commit", charged: usd("0.25") });
    expect(await guard.settled).toBe(settlement);
    expect([reserved(), spent()]).toEqual([0, 25_000_000]);
  });

  it("shows the request as it was sent, even if the caller changes its objects", async () => {
    const { client } = budgeted();
    const mine = { ...request, estimate: { ...request.estimate } };
    const guard = await client.reserve(mine);
    mine.estimate.amount = 1;
    expect(guard.request.estimate).toEqual(request.estimate);
    expect(() => {
      guard.request.estimate = usd("0.01");
    }).toThrow(TypeError);
  });

  it("sends one request to reserve and one to commit", async () => {
    const { client, requests } = budgeted();
    await (await client.reserve(request)).commit(usd("0.1"));
    expect(requests.map(({ path }) => path)).toEqual(["reservations", "commit"]);
  });

  it("sends the same trace id with the reserve and the commit", async () => {
    const { client, requests } = budgeted();
    const guard = await client.reserve(request);
    await guard.extend(1_000);
    await guard.commit(usd("0.1"));
    const ids = requests.map(({ headers }) => headers.get("x-cycles-trace-id"));
    expect(new Set(ids).size).toBe(1);
    expect(ids[0]).toMatch(/^[0-9a-f]{32}$/);
  });

  it("shows the reservation, the request, the expiry and the caps", async () => {
    const { client, clock } = budgeted();
    const guard = await client.reserve({ ...request, ttl_ms: 5_000 });
    expect(guard.reservation.reservation_id).toBe(guard.id);
    expect(guard.request.subject).toEqual({ tenant: "acme" });
    expect(guard.expiresAt).toBe(clock.now() + 5_000);
    expect(guard.caps).toBeUndefined();
    expect(guard.allowsTool("anything")).toBe(true);
    const { expires_at_ms } = await guard.extend(2_000);
    expect(guard.expiresAt).toBe(expires_at_ms);
    await guard.release();
  });

  it("commits the last note when it closes", async () => {
    const { client, spent } = budgeted();
    {
      await using guard = await client.reserve(request);
      guard.setActual(usd("0.10"));
      guard.setActual(usd("0.15"), { metadata: { step: 2 } });
    }
    expect(spent()).toBe(15_000_000);
  });

  it("releases when it closes without a note, even if the block throws", async () => {
    const { client, reserved, notices } = budgeted();
    await expect(
      (async () => {
        await using guard = await client.reserve(request);
        throw new Error(`no work for ${guard.id}`);
      })(),
    ).rejects.toThrow("no work");
    expect(reserved()).toBe(0);
    expect(notices.map(({ type }) => type)).toEqual(["reserved", "released"]);
  });

  it("keeps its first outcome: a later commit throws, and a later release does nothing", async () => {
    const { client, requests } = budgeted();
    const guard = await client.reserve(request);
    await guard.commit(usd("0.1"));
    await guard.release("too late");
    await guard.close();
    await expect(guard.commit(usd("0.1"))).rejects.toThrow(GuardStateError);
    expect(() => {
      guard.setActual(usd("0.1"));
    }).toThrow(/is committed/);
    expect(requests).toHaveLength(2);
  });

  it("refuses a second commit while the first is in progress, and close waits for the first", async () => {
    const { client, sent } = budgeted();
    const guard = await client.reserve(request);
    const first = guard.commit(usd("0.1"));
    await expect(guard.commit(usd("0.1"))).rejects.toThrow(/being committed/);
    await guard.close();
    expect(guard.state).toBe("committed");
    await first;
    expect(sent("commit")).toHaveLength(1);
  });

  it("releases once, even if release is called several times", async () => {
    const { client, sent } = budgeted();
    const guard = await client.reserve(request);
    await Promise.all([guard.release("a"), guard.release("b"), guard.close()]);
    expect(guard.state).toBe("released");
    expect(sent("release")).toHaveLength(1);
  });

  it.each([
    ["another unit", tokens(3), "actual.unit"],
    ["a negative amount", { unit: "USD_MICROCENTS" as const, amount: -1 }, "amount"],
    ["a fraction", { unit: "USD_MICROCENTS" as const, amount: 0.5 }, "amount"],
  ])("refuses to commit %s, sends nothing and stays open", async (_, actual, field) => {
    const { client, sent } = budgeted();
    const guard = await client.reserve(request);
    const failed = guard.commit(actual);
    await expect(failed).rejects.toThrow(CyclesValidationError);
    await expect(failed).rejects.toThrow(field);
    expect(() => {
      guard.setActual(actual);
    }).toThrow(CyclesValidationError);
    expect(guard.state).toBe("open");
    await guard.commit(usd("0.1"));
    expect(sent("commit")).toHaveLength(1);
  });

  it("throws at a commit without an amount, and then does not release", async () => {
    const { client, reserved } = budgeted();
    const guard = await client.reserve(request);
    await expect(guard.commit()).rejects.toThrow("guard.setActual");
    await expect(guard.release()).rejects.toThrow(GuardStateError);
    expect(reserved()).toBe(40_000_000);
  });

  it("can be committed again, but not released, after the server refused a commit", async () => {
    const { client, reserved, spent } = budgeted();
    const guard = await client.reserve({ ...request, overage_policy: "REJECT" });
    await expect(guard.commit(usd("2.00"))).rejects.toThrow(BudgetDeniedError);
    expect(guard.state).toBe("open");
    await expect(guard.release()).rejects.toThrow("the cost of the work must stay reserved");
    expect(reserved()).toBe(40_000_000);
    await guard.commit(usd("0.40"));
    expect(spent()).toBe(40_000_000);
  });

  it("reports a refused spend when it closes without another commit, and keeps it reserved", async () => {
    const { client, notices, reserved } = budgeted();
    const guard = await client.reserve({ ...request, overage_policy: "REJECT" });
    await guard.commit(usd("2.00")).catch(() => undefined);
    await guard.close();
    expect(guard.state).toBe("lost");
    expect(notices.at(-1)).toMatchObject({ type: "settlement_failed", actual: usd("2.00") });
    expect(reserved()).toBe(40_000_000);
  });

  it("is lost if another client has ended its reservation", async () => {
    const { client } = budgeted();
    const guard = await client.reserve(request);
    await client.releaseReservation(guard.id);
    await expect(guard.commit(usd("0.1"))).rejects.toThrow(ReservationStateError);
    expect(guard.state).toBe("lost");
    expect(await guard.settled).toMatchObject({ state: "lost" });
  });

  it("does not throw from the block if only the release fails, because the lease lapses", async () => {
    const { client, notices, fail } = budgeted({ maxRetries: 0 });
    {
      await using guard = await client.reserve(request);
      expect(guard.state).toBe("open");
      fail("release", "drop before");
    }
    expect(notices.at(-1)).toMatchObject({ type: "release_failed" });
  });

  it("can be released again after a failed release", async () => {
    const { client, reserved, fail } = budgeted({ maxRetries: 0 });
    const guard = await client.reserve(request);
    fail("release", refusal(500, "INTERNAL_ERROR"));
    await expect(guard.release()).rejects.toMatchObject({ httpStatus: 500, retryable: true });
    await guard.release();
    expect(reserved()).toBe(0);
  });

  it("treats an expired reservation as released", async () => {
    const { client, clock } = budgeted();
    const guard = await client.reserve({ ...request, ttl_ms: 1_000 }, { heartbeat: false });
    await clock.advance(20_000);
    await guard.release();
    expect(guard.state).toBe("lost");
  });

  it("checks tools against the allow and deny lists of the caps", async () => {
    const allow = (caps: object) => {
      const { client, fail } = budgeted();
      const response = {
        decision: "ALLOW_WITH_CAPS",
        reservation_id: "r",
        affected_scopes: [],
        caps,
      };
      fail("reservations", { body: response });
      return client.reserve(request, { heartbeat: false });
    };
    const allowed = await allow({ tool_allowlist: ["search"], tool_denylist: ["search"] });
    expect([allowed.allowsTool("search"), allowed.allowsTool("shell")]).toEqual([true, false]);
    const denied = await allow({ tool_denylist: ["shell"] });
    expect([denied.allowsTool("search"), denied.allowsTool("shell")]).toEqual([true, false]);
  });

  it("aborts its signal together with the signal of the reserve", async () => {
    const { client } = budgeted();
    const controller = new AbortController();
    const guard = await client.reserve(request, { signal: controller.signal });
    expect(guard.signal.aborted).toBe(false);
    controller.abort(new Error("the user left"));
    expect(guard.signal.reason).toEqual(new Error("the user left"));
    await guard.release();
  });

  it("throws a denial for a 409 and for a 200 with DENY", async () => {
    const { client, fail, notices } = budgeted();
    const denied = client.reserve({ ...request, estimate: usd("9.00") });
    await expect(denied).rejects.toMatchObject({
      code: "BUDGET_EXCEEDED",
      scopes: ["tenant:acme"],
    });
    const response = { decision: "DENY", affected_scopes: [], reason_code: "ACTION_KIND_DENIED" };
    fail("reservations", { body: response });
    await expect(client.reserve(request)).rejects.toMatchObject({
      name: "BudgetDeniedError",
      code: "ACTION_KIND_DENIED",
      scopes: ["tenant:acme"],
    });
    expect(notices.map(({ type }) => type)).toEqual(["denied", "denied"]);
  });

  it("refuses a dry run", async () => {
    const { client, requests } = budgeted();
    // @ts-expect-error a dry run reserves nothing
    await expect(client.reserve({ ...request, dry_run: true })).rejects.toThrow("dry_run");
    expect(requests).toHaveLength(0);
  });
});
