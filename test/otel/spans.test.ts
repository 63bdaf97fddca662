import { trace } from "@opentelemetry/api";
import { AlwaysOffSampler } from "@opentelemetry/sdk-trace-base";
import { usd } from "cycles-client";
import { instrument } from "cycles-client/otel";
import { describe, expect, it } from "vitest";
import { budgeted } from "../support/budgeted.js";
import { refusal, request as plain } from "../support/responses.js";
import { telemetry } from "./telemetry.js";

const request = { ...plain, estimate: usd("0.10") };
const once = { heartbeat: false, actual: () => usd("0.03") } as const;
const MICROCENTS = 10_000_000;

describe("the active span", () => {
  it("gets the reservation, the decision, the scope and the amounts of a run", async () => {
    const { client } = budgeted();
    const otel = telemetry();
    instrument(client, otel);
    const id = await otel.within("chat", () => client.run(request, ({ id: own }) => own, once));
    expect(otel.ended().map(({ name }) => name)).toEqual(["chat"]);
    expect(otel.span("chat")?.attributes).toEqual({
      "cycles.reservation_id": id,
      "cycles.decision": "ALLOW",
      "cycles.scope": "tenant:acme",
      "cycles.reservations": 1,
      "cycles.unit": "USD_MICROCENTS",
      "cycles.estimate": MICROCENTS,
      "cycles.charged": 0.3 * MICROCENTS,
    });
  });

  it("gets the charge of a guard that another span commits", async () => {
    const { client } = budgeted();
    const otel = telemetry();
    instrument(client, otel);
    await otel.within("outer", async () => {
      const guard = await client.reserve(request, { heartbeat: false });
      await otel.within("inner", () => guard.commit(usd("0.02")));
    });
    expect(otel.span("outer")?.attributes["cycles.charged"]).toBe(0.2 * MICROCENTS);
    expect(otel.span("inner")?.attributes).toEqual({});
  });

  it("gets the totals of several reservations, by unit, and what names the last one", async () => {
    const { client } = budgeted();
    const otel = telemetry();
    instrument(client, otel);
    const last = await otel.within("agent", async () => {
      await client.run(request, () => 0, once);
      return client.run(request, ({ id }) => id, once);
    });
    expect(otel.span("agent")?.attributes).toMatchObject({
      "cycles.reservation_id": last,
      "cycles.reservations": 2,
      "cycles.estimate": 2 * MICROCENTS,
      "cycles.charged": 0.6 * MICROCENTS,
    });
  });

  it("is the one of its own call if many run at once", async () => {
    const { client } = budgeted({ budget: "100.00" });
    const otel = telemetry();
    instrument(client, otel);
    const names = Array.from({ length: 40 }, (_, index) => `call ${index}`);
    const ids = await Promise.all(
      names.map((name, index) =>
        otel.within(name, () =>
          client.run(request, ({ id }) => id, {
            heartbeat: false,
            actual: () => ({ ...request.estimate, amount: index }),
          }),
        ),
      ),
    );
    expect(
      names.map((name) => {
        const { "cycles.reservation_id": id, "cycles.charged": charged } =
          otel.span(name)?.attributes ?? {};
        return [id, charged];
      }),
    ).toEqual(ids.map((id, index) => [id, index]));
  });

  it("gets the code and the scope of a denial", async () => {
    const { client } = budgeted({ budget: "0.01" });
    const otel = telemetry();
    instrument(client, otel);
    const denied = otel.within("chat", () => client.run(request, () => 0, once));
    await expect(denied).rejects.toMatchObject({ code: "BUDGET_EXCEEDED" });
    expect(otel.span("chat")?.attributes).toEqual({
      "cycles.decision": "DENY",
      "cycles.code": "BUDGET_EXCEEDED",
      "cycles.scope": "tenant:acme",
    });
  });

  it("gets the reservation of an allowance, and the span of a draw only a denial", async () => {
    const { client } = budgeted();
    const otel = telemetry();
    instrument(client, otel);
    const work = async () => {
      await otel.within("draw", () =>
        client.run({ ...request, estimate: usd("0.05") }, () => 0, once),
      );
      await otel.within("denied draw", () =>
        expect(client.run(request, () => 0, once)).rejects.toThrow("ALLOWANCE_EXCEEDED"),
      );
    };
    await otel.within("agent", () => client.allowance(request, work, { heartbeat: false }));
    expect(otel.span("draw")?.attributes).toEqual({});
    expect(otel.span("denied draw")?.attributes).toMatchObject({
      "cycles.code": "ALLOWANCE_EXCEEDED",
    });
    expect(otel.span("agent")?.attributes).toMatchObject({
      "cycles.estimate": MICROCENTS,
      "cycles.charged": 0.3 * MICROCENTS,
    });
  });

  it("gets the charge of a spend that was queued, if it has not ended", async () => {
    const { client, clock, fail } = budgeted({ retry: { maxAttempts: 1 } });
    const otel = telemetry();
    instrument(client, otel);
    fail("commit", refusal(503, "INTERNAL_ERROR"));
    await otel.within("long", async () => {
      const guard = await client.reserve(request, { heartbeat: false });
      expect(await guard.commit(usd("0.02"))).toMatchObject({ state: "queued" });
      const flushing = client.flush();
      await clock.advance(60_000);
      expect(await flushing).toBe(0);
    });
    expect(otel.span("long")?.attributes["cycles.charged"]).toBe(0.2 * MICROCENTS);
  });

  it("says what the mode observe would have denied, and what runs unguarded", async () => {
    const { client, fail } = budgeted({ budget: "0.05" });
    const otel = telemetry();
    instrument(client, otel);
    await otel.within("observed", () => client.run(request, () => 0, { ...once, mode: "observe" }));
    expect(otel.span("observed")?.attributes).toMatchObject({
      "cycles.would_deny": "BUDGET_EXCEEDED",
    });
    fail("reservations", refusal(503, "INTERNAL_ERROR"), refusal(503, "INTERNAL_ERROR"));
    const onUnavailable = { allow: usd("1.00") };
    await otel.within("unguarded", () =>
      client.run({ ...request, estimate: usd("0.005") }, () => 0, {
        heartbeat: false,
        actual: () => usd("0.005"),
        onUnavailable,
      }),
    );
    expect(otel.span("unguarded")?.attributes).toMatchObject({
      "cycles.unguarded": true,
      "cycles.charged": 0.05 * MICROCENTS,
    });
  });

  it.each([
    ["there is none", async (work: () => Promise<unknown>) => work()],
    [
      "it is not recorded",
      (work: () => Promise<unknown>) =>
        telemetry({ sampler: new AlwaysOffSampler() }).within("off", work),
    ],
    [
      "it has ended",
      (work: () => Promise<unknown>) =>
        telemetry().tracer.startActiveSpan("ended", (span) => {
          span.end();
          return work();
        }),
    ],
  ])("may be missing: the work runs although %s", async (_, around) => {
    const { client, spent } = budgeted();
    instrument(client);
    expect(await around(() => client.run(request, () => "done", once))).toBe("done");
    expect(spent()).toBe(0.3 * MICROCENTS);
  });
});

describe("spans of their own", () => {
  it("are made for each reserve and each settlement, under the active span", async () => {
    const { client, clock, slow } = budgeted();
    const otel = telemetry();
    instrument(client, { ...otel, spans: true });
    slow("reservations", 30);
    slow("commit", 20);
    const running = otel.within("chat", () => client.run(request, () => 0, once));
    await clock.advance(30);
    await clock.advance(20);
    await running;
    const chat = otel.span("chat")?.spanContext();
    const own = otel.ended().filter(({ name }) => name !== "chat");
    expect(own).toMatchObject([
      {
        name: "cycles.reserve llm.completion",
        parentSpanContext: { spanId: chat?.spanId },
        attributes: { "cycles.decision": "ALLOW", "cycles.estimate": MICROCENTS },
      },
      {
        name: "cycles.settle",
        parentSpanContext: { spanId: chat?.spanId },
        attributes: { "cycles.charged": 0.3 * MICROCENTS, "cycles.via": "commit" },
      },
    ]);
    expect(own.map(({ duration: [, nanoseconds] }) => nanoseconds / 1e6)).toEqual([30, 20]);
  });

  it("are one trace without an active span, and fail with a settlement", async () => {
    const { client, fail } = budgeted({ budget: "0.15" });
    const otel = telemetry();
    instrument(client, { ...otel, spans: true });
    fail("commit", refusal(409, "BUDGET_CLOSED"));
    await expect(client.run(request, () => 0, once)).rejects.toMatchObject({
      name: "SettlementRefusedError",
    });
    await expect(client.run(request, () => 0, once)).rejects.toMatchObject({
      code: "BUDGET_EXCEEDED",
    });
    const [reserve, settle, denied] = otel.ended();
    expect(settle).toMatchObject({
      parentSpanContext: { spanId: reserve?.spanContext().spanId },
      status: { code: 2 },
      attributes: { "cycles.fate": "refused" },
    });
    expect(denied?.attributes).toMatchObject({ "cycles.decision": "DENY" });
  });
});

describe("the trace context of requests", () => {
  const traceOf = (headers: Headers) => headers.get("traceparent")?.split("-").slice(1);

  it("is the active span, so the authority sees the trace of the caller", async () => {
    const { client, requests } = budgeted();
    const otel = telemetry();
    instrument(client, otel);
    await otel.within("chat", () => client.run(request, () => 0, once));
    const { traceId, spanId } = otel.span("chat")?.spanContext() ?? {};
    expect(requests.map(({ headers }) => traceOf(headers))).toEqual([
      [traceId, spanId, "01"],
      [traceId, spanId, "01"],
    ]);
    const { traceId: seen } = await otel.within("read", () =>
      client.decide(request).withResponse(),
    );
    expect(seen).toBe(otel.span("read")?.spanContext().traceId);
  });

  it("says that a trace is not sampled", async () => {
    const { client, requests } = budgeted();
    const otel = telemetry({ sampler: new AlwaysOffSampler() });
    instrument(client, otel);
    await otel.within("chat", () => client.decide(request));
    expect(traceOf(requests[0]?.headers ?? new Headers())?.[2]).toBe("00");
  });

  it("is the client's own without a span, and with an invalid one", async () => {
    const { client, requests } = budgeted();
    const otel = telemetry();
    instrument(client, otel);
    await client.decide(request);
    const invalid = trace.wrapSpanContext({ traceId: "0", spanId: "0", traceFlags: 1 });
    const { context } = await import("@opentelemetry/api");
    await context.with(trace.setSpan(context.active(), invalid), () => client.decide(request));
    expect(requests.map(({ headers }) => headers.has("traceparent"))).toEqual([false, false]);
  });
});

describe("instrument", () => {
  it("stops everything when its function is called", async () => {
    const { client, requests } = budgeted();
    const otel = telemetry();
    const uninstrument = instrument(client, { ...otel, spans: true });
    await otel.within("before", () => client.run(request, () => 0, once));
    const { length } = otel.ended();
    uninstrument();
    uninstrument();
    await otel.within("after", () => client.run(request, () => 0, once));
    expect(otel.ended()).toHaveLength(length + 1);
    expect(otel.span("after")?.attributes).toEqual({});
    expect(requests.at(-1)?.headers.has("traceparent")).toBe(false);
    const spent = await otel.series("cycles.spend");
    expect(Object.values(spent)).toEqual([0.3 * MICROCENTS]);
  });

  it("does nothing without an SDK", async () => {
    const { client, requests } = budgeted();
    instrument(client, { spans: true });
    expect(await client.run(request, () => "done", once)).toBe("done");
    expect(requests.map(({ headers }) => headers.has("traceparent"))).toEqual([false, false]);
  });

  it("does not break the client if the tracer or the meter fails", async () => {
    const lines: string[] = [];
    const { client, spent } = budgeted({
      logLevel: "error",
      logger: { ...console, error: (line: string) => lines.push(line) },
    });
    const otel = telemetry();
    const broken = () => {
      throw new Error("the exporter is broken");
    };
    instrument(client, { ...otel, tracer: { ...otel.tracer, startSpan: broken }, spans: true });
    expect(await otel.within("chat", () => client.run(request, () => "done", once))).toBe("done");
    expect(spent()).toBe(0.3 * MICROCENTS);
    expect(lines).toEqual(["cycles: onNotice failed: the exporter is broken"]);
    expect(Object.values(await otel.series("cycles.spend"))).toEqual([0.3 * MICROCENTS]);
  });
});
