import { setImmediate as turn } from "node:timers/promises";
import { type Clock, HeartbeatFailedError, type Notice, usd } from "cycles-client";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { hold } from "../support/hold.js";
import { budgeted } from "../support/budgeted.js";
import { refusal, request } from "../support/responses.js";

const HOUR = 3_600_000;
const lease = { ...request, ttl_ms: 10_000 };

const failures = (notices: readonly Notice[]) =>
  notices.flatMap((notice) => (notice.type === "heartbeat_failed" ? [notice] : []));

/** When the first extension of the lease is due. */
const DUE = 5_668;

/** A clock that works until a test makes it fail, and the clock that moves it. */
function fragile() {
  const { clock: manual } = budgeted();
  const broken = new Set<"monotonic" | "setTimeout" | "cancel">();
  const check = (part: "monotonic" | "setTimeout" | "cancel") => {
    if (broken.has(part)) throw new Error(`${part} is broken`);
  };
  const clock: Clock = {
    now: () => manual.now(),
    monotonic: () => {
      check("monotonic");
      return manual.monotonic();
    },
    setTimeout: (callback, ms) => {
      const timer = manual.setTimeout(callback, ms);
      if (ms !== DUE) return timer;
      check("setTimeout");
      const cancel = () => {
        check("cancel");
        timer.cancel();
      };
      return { cancel, unref: () => undefined };
    },
  };
  return { clock, manual, broken };
}

describe("a heartbeat does not end the process", () => {
  const unhandled: unknown[] = [];
  const note = (error: unknown) => void unhandled.push(error);
  beforeEach(() => {
    unhandled.length = 0;
    process.on("unhandledRejection", note);
    process.on("uncaughtException", note);
  });
  afterEach(async () => {
    await turn();
    process.off("unhandledRejection", note);
    process.off("uncaughtException", note);
    expect(unhandled).toEqual([]);
  });

  it("if the tracer throws: the lease is still extended", async () => {
    let isThrowing = false;
    const cycles = budgeted({
      traceparent: () => {
        if (isThrowing) throw new Error("the tracer is shut down");
        return undefined;
      },
    });
    const guard = await cycles.client.reserve(lease);
    isThrowing = true;
    await cycles.clock.advance(16_000);
    expect(cycles.sent("extend").map(({ at }) => at)).toEqual([5_668, 15_668]);
    expect(failures(cycles.notices)).toEqual([]);
    expect(cycles.notices.filter(({ type }) => type === "callback_failed")).toHaveLength(1);
    expect(await guard.commit(usd("0.1"))).toMatchObject({ state: "committed" });
  });

  it("if the lease ends beyond the range of dates", async () => {
    const cycles = budgeted();
    const far = '{"status":"ACTIVE","expires_at_ms":9223372036854775807,"remaining_ttl_ms":10000}';
    cycles.fail(
      "extend",
      { body: far, headers: { "content-type": "application/json" } },
      refusal(409, "MAX_EXTENSIONS_EXCEEDED"),
    );
    const guard = await cycles.client.reserve(lease);
    await cycles.clock.advance(HOUR);
    expect(failures(cycles.notices).map(({ next }) => next)).toEqual([
      "no further extension, because the server refuses it; the lease ends at 9223372036854776000 ms after 1970",
    ]);
    expect(await guard.commit(usd("0.1"))).toMatchObject({ state: "committed" });
  });

  it("if a measured lease ends beyond the range of dates", async () => {
    const cycles = budgeted();
    const far = '{"status":"ACTIVE","expires_at_ms":9223372036854775807}';
    const json = { headers: { "content-type": "application/json" } };
    cycles.fail("extend", { body: far, ...json }, { body: far, ...json });
    const guard = await cycles.client.reserve(lease);
    await cycles.clock.advance(HOUR);
    expect(cycles.sent("extend")).toHaveLength(1);
    expect(guard.expiresAt).toBe(Number("9223372036854775807"));
    await guard.release();
  });

  it("if a response has an unknown field that is nested 5,000 levels deep", async () => {
    const cycles = budgeted();
    const deep = `${'{"a":'.repeat(5_000)}1${"}".repeat(5_000)}`;
    const body = `{"status":"ACTIVE","expires_at_ms":1700000070000,"remaining_ttl_ms":60000,"new":${deep}}`;
    const json = { headers: { "content-type": "application/json" } };
    cycles.fail("extend", { body, ...json });
    const guard = await cycles.client.reserve(lease);
    await cycles.clock.advance(9_000);
    expect(guard.state).toBe("open");
    expect(await guard.commit(usd("0.1"))).toMatchObject({ state: "committed" });
  });

  it("if the clock throws while an extension is prepared: it stops and reports why", async () => {
    const { clock, manual, broken } = fragile();
    const cycles = budgeted({ clock });
    const guard = await cycles.client.reserve(lease, { heartbeat: "cancel" });
    const { signal } = guard;
    broken.add("monotonic");
    await manual.advance(HOUR);
    expect(failures(cycles.notices)).toMatchObject([
      {
        error: {
          code: "UNEXPECTED",
          message: `The extension of reservation ${guard.id} failed unexpectedly: monotonic is broken`,
        },
        next: expect.stringContaining("because too little of the lease is left") as string,
      },
    ]);
    expect(signal.reason).toMatchObject({ code: "UNEXPECTED" });
  });

  it("if the clock throws once: the extension is sent later", async () => {
    const { clock, manual } = fragile();
    const cycles = budgeted({ clock });
    cycles.fail("extend", "drop before");
    const guard = await cycles.client.reserve(lease);
    // The first attempt is lost. The clock throws before the retry at 6,751 is sent.
    await manual.advance(6_700);
    const { monotonic } = clock;
    let readings = 0;
    Object.assign(clock, {
      monotonic: () => {
        if ((readings += 1) === 1) throw new Error("not now");
        return monotonic();
      },
    });
    await manual.advance(1_000);
    expect(failures(cycles.notices).map(({ error, next }) => [error.code, next])).toEqual([
      ["CONNECTION", "the same request is sent again in 1083 ms"],
      ["UNEXPECTED", "the same request is sent again in 583 ms"],
    ]);
    const [first, second] = cycles.sent("extend");
    expect(second?.body).toBe(first?.body);
    await guard.release();
  });

  it("if the clock cannot set a timer: the guard works and reports that its lease is not extended", async () => {
    const { clock, manual, broken } = fragile();
    const cycles = budgeted({ clock });
    broken.add("setTimeout");
    const guard = await cycles.client.reserve(lease, { heartbeat: "fail" });
    await manual.advance(6_000);
    expect(cycles.sent("extend")).toHaveLength(0);
    expect(failures(cycles.notices)).toMatchObject([
      { next: expect.stringContaining("because the client failed unexpectedly") as string },
    ]);
    await expect(guard.commit(usd("0.1"))).rejects.toBeInstanceOf(HeartbeatFailedError);
    expect(cycles.spent()).toBe(10_000_000);
  });

  it("if a timer cannot be cancelled and fires after the end", async () => {
    const { clock, manual, broken } = fragile();
    const cycles = budgeted({ clock });
    const guard = await cycles.client.reserve(lease);
    broken.add("cancel");
    expect(await guard.commit(usd("0.1"))).toMatchObject({ state: "committed" });
    await manual.advance(HOUR);
    expect(cycles.sent("extend")).toHaveLength(0);
  });

  it("if a timer fires twice: one extension is sent", async () => {
    const { clock, manual } = fragile();
    const cycles = budgeted({
      clock: {
        ...clock,
        setTimeout: (callback, ms) =>
          clock.setTimeout(() => {
            callback();
            callback();
          }, ms),
      },
    });
    hold(await cycles.client.reserve(lease));
    await manual.advance(6_000);
    expect(cycles.sent("extend")).toHaveLength(1);
  });
});
