import type { Notice } from "cycles-client";
import { describe, expect, it } from "vitest";
import { budgeted } from "../support/budgeted.js";
import { request } from "../support/responses.js";

const MINUTE = 60_000;
const lease = { ...request, ttl_ms: MINUTE };

/** When each extension left, and how long it asked for. */
function extensions({ sent }: ReturnType<typeof budgeted>) {
  return sent("extend").map(({ body, at }) => {
    const { extend_by_ms: byMs } = JSON.parse(body) as { extend_by_ms: number };
    return { at, byMs };
  });
}

const failures = (notices: readonly Notice[]) =>
  notices.flatMap((notice) => (notice.type === "heartbeat_failed" ? [notice] : []));

describe("a lease of a minute on a server that grants less", () => {
  it("5 s at a time: is kept until the extensions run out", async () => {
    const cycles = budgeted({ rules: { maxTtlMs: 5_000 } });
    await cycles.client.reserve(lease);
    await cycles.clock.advance(10 * MINUTE);
    const sent = extensions(cycles);
    // 5 s leave room for two attempts of 1 s and a second; then 8 s for two of 1,333 ms and a second, and so on.
    expect(sent.slice(0, 4).map(({ at }) => at)).toEqual([2_000, 6_334, 11_112, 16_038]);
    expect(new Set(sent.map(({ byMs }) => byMs))).toEqual(new Set([MINUTE]));
    expect(sent).toHaveLength(11);
    expect(failures(cycles.notices)).toMatchObject([
      { error: { code: "MAX_EXTENSIONS_EXCEEDED" } },
    ]);
  });

  it("never more than 5 s from now: is kept, too", async () => {
    const cycles = budgeted({ rules: { maxTtlMs: 5_000, maxLeadMs: 5_000 } });
    await cycles.client.reserve(lease);
    await cycles.clock.advance(9_000);
    expect(extensions(cycles).map(({ at }) => at)).toEqual([2_000, 4_000, 6_000, 8_000]);
    expect(failures(cycles.notices)).toEqual([]);
  });

  it("gives a request up in time for its repeat", async () => {
    const cycles = budgeted({ rules: { maxTtlMs: 5_000 } });
    cycles.slow("extend", 10 * MINUTE);
    const guard = await cycles.client.reserve(lease);
    await cycles.clock.advance(4_000);
    // It hangs for a second. Then 2,000 ms are left, enough for one more attempt and the margin.
    expect(extensions(cycles).map(({ at }) => at)).toEqual([2_000, 3_000]);
    expect(failures(cycles.notices)).toMatchObject([
      { error: { code: "TIMEOUT" }, next: "goes out again with the same key in 0 ms" },
    ]);
    await guard.release();
  });

  it("lets a request take longer again once more was granted", async () => {
    const cycles = budgeted({ rules: { maxTtlMs: 5_000 } });
    const guard = await cycles.client.reserve(lease);
    await cycles.clock.advance(1_000);
    for (let count = 0; count < 8; count += 1) await guard.extend(MINUTE);
    // 4 s were left, and 40 s more are: two attempts of 7 s and a second are set aside.
    cycles.slow("extend", 10 * MINUTE);
    await cycles.clock.advance(29_000 + 7_000 - 1);
    expect(extensions(cycles).at(-1)).toEqual({ at: 30_000, byMs: MINUTE });
    expect(failures(cycles.notices)).toEqual([]);
    await cycles.clock.advance(1);
    expect(failures(cycles.notices)).toMatchObject([{ error: { timeoutMs: 7_000 } }]);
    await guard.release();
  });

  it("bounds a request that waited for an extension by hand by what that granted", async () => {
    const cycles = budgeted({ rules: { maxLeadMs: 5_000 } });
    // The reserve was granted a minute in full, by a server whose operator has since set a limit.
    const granted = { decision: "ALLOW", affected_scopes: [], remaining_ttl_ms: MINUTE };
    cycles.fail("reservations", { body: { ...granted, reservation_id: "r" } });
    const guard = await cycles.client.reserve(lease);
    const clamped = { status: "ACTIVE", expires_at_ms: cycles.clock.now() + 51_000 };
    await cycles.clock.advance(44_999);
    cycles.slow("extend", 1_000, 10 * MINUTE);
    cycles.fail("extend", { body: { ...clamped, remaining_ttl_ms: 5_000 } });
    const byHand = guard.extend(1_000);
    await cycles.clock.advance(1_000);
    await byHand;
    await cycles.clock.advance(1_000 + 1_000);
    expect(failures(cycles.notices)).toMatchObject([{ error: { timeoutMs: 1_000 } }]);
  });
});

describe("a lease that is too short to be extended safely", () => {
  it.each([
    [
      "asked for too little",
      { ttl_ms: 1_000 },
      {},
      "Only 2000 ms are certain of the lease of reservation ID, and an extension with one repeat may take 3000 ms: " +
        "reserve with a longer ttl_ms",
    ],
    [
      "was granted less than was asked for",
      { ttl_ms: MINUTE },
      { maxTtlMs: 1_000 },
      "Only 2000 ms are certain of the lease of reservation ID, and an extension with one repeat may take 3000 ms. " +
        "The server granted 1000 ms of the 60000 ms that were asked for, so a longer ttl_ms does not help: " +
        "raise the server's limit on the ttl of this tenant's reservations",
    ],
    [
      "cannot be moved out",
      { ttl_ms: 2_500 },
      { maxLeadMs: 2_500 },
      "Only 2500 ms are certain of the lease of reservation ID, and an extension with one repeat may take 3000 ms. " +
        "The server granted 0 ms of the 2500 ms that were asked for, so a longer ttl_ms does not help: " +
        "raise the server's limit on the ttl of this tenant's reservations",
    ],
  ])("because it %s: the notice says what helps", async (_, asked, rules, message) => {
    const cycles = budgeted({ rules });
    const guard = await cycles.client.reserve({ ...request, ...asked });
    await cycles.clock.advance(MINUTE);
    expect(extensions(cycles).map(({ at }) => at)).toEqual([0]);
    const [failure, ...others] = failures(cycles.notices);
    expect(others).toEqual([]);
    expect(failure?.error.code).toBe("LEASE_TOO_SHORT");
    expect(failure?.error.message).toBe(message.replace("ID", guard.id));
  });

  it("because of slow round trips: the notice says how slow", async () => {
    const cycles = budgeted({ rules: { maxTtlMs: 5_000, maxLeadMs: 5_000 } });
    cycles.slow("reservations", 900);
    cycles.slow("extend", 900);
    const reserving = cycles.client.reserve(lease);
    await cycles.clock.advance(1_000);
    const guard = await reserving;
    await cycles.clock.advance(MINUTE);
    expect(failures(cycles.notices)[0]?.error.message).toBe(
      `Only 4100 ms are certain of the lease of reservation ${guard.id}, and an extension with one repeat may take ` +
        "5400 ms, because the slowest round trip took 900 ms. " +
        "The server granted 900 ms of the 60000 ms that were asked for, so a longer ttl_ms does not help: " +
        "raise the server's limit on the ttl of this tenant's reservations",
    );
  });

  it("because the clock went back: the notice says so", async () => {
    const cycles = budgeted();
    let readings = 0;
    const clock = {
      now: () => cycles.clock.now(),
      monotonic: () => -(readings += 1),
      setTimeout: (callback: () => void, ms: number) => cycles.clock.setTimeout(callback, ms),
    };
    const backwards = budgeted({ clock });
    await backwards.client.reserve(lease);
    await cycles.clock.advance(MINUTE);
    expect(failures(backwards.notices).map(({ error }) => error.message)).toEqual([
      expect.stringMatching(/^Nothing is certain of the lease of reservation .* clock went back/),
    ]);
  });
});
