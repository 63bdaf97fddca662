import { describe, expect, it } from "vitest";
import { against } from "../support/server.js";

const jwks = { body: { keys: [] } };
const instead = "so requests carry the client's own trace id";

/** The options with a traceparent callback that may break its type. */
function broken(traceparent: unknown) {
  return { traceparent: traceparent as () => string };
}

describe("a traceparent callback", () => {
  it.each([
    [
      "throws",
      () => {
        throw new Error("no active span");
      },
      "it threw no active span",
    ],
    [
      "throws a value that is not an error",
      () => {
        throw Object.create(null);
      },
      "it threw an error that cannot be read",
    ],
    ["returns a promise", () => Promise.reject(new Error("later")), "it returned an object"],
    ["returns a number", () => 7, "it returned number"],
    ["returns malformed text", () => "garbage", "it is not a W3C trace context of version 00"],
    [
      "returns ids of zeros",
      () => `00-${"0".repeat(32)}-${"0".repeat(16)}-00`,
      "it is not a W3C trace context of version 00",
    ],
  ])("that %s does not stop requests, and is reported once", async (_, traceparent, what) => {
    const { client, received, notices } = await against([jwks, jwks, jwks], broken(traceparent));
    await client.getEvidenceJwks();
    await client.with({ headers: { "x-child": "1" } }).getEvidenceJwks();
    await client.raw.GET("/v1/.well-known/cycles-jwks.json");
    expect(received).toHaveLength(3);
    for (const { headers } of received) {
      expect(headers).not.toHaveProperty("traceparent");
      expect(headers["x-cycles-trace-id"]).toMatch(/^[0-9a-f]{32}$/);
    }
    expect(notices).toEqual([
      { type: "callback_failed", callback: "traceparent", message: `${what}, ${instead}` },
    ]);
  });

  it.each([undefined, null, ""])("may return %s", async (none) => {
    const { client, received, notices } = await against(
      [jwks],
      broken(() => none),
    );
    await client.getEvidenceJwks();
    expect(received[0]?.headers).not.toHaveProperty("traceparent");
    expect(notices).toEqual([]);
  });

  it("that fails is reported once for each client", async () => {
    const options = broken(() => "garbage");
    for (const { client, notices } of [
      await against([jwks], options),
      await against([jwks], options),
    ]) {
      await client.getEvidenceJwks();
      expect(notices).toHaveLength(1);
    }
  });
});
