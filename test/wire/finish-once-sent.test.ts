import type { ServerResponse } from "node:http";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { operations } from "../../generated/operations.js";
import { resolveOptions } from "../../src/settings.js";
import { performTimed } from "../../src/wire/call.js";
import { transportFor } from "../../src/wire/transport.js";
import { request, reservation } from "../support/responses.js";
import { rejection, scripted } from "../support/server.js";

/** A reserve with `finishOnceSent` that was aborted while the server held back its response. */
async function abortedReserve() {
  const held: ServerResponse[] = [];
  const server = await scripted((response) => void held.push(response), { body: reservation });
  const settings = resolveOptions({ baseUrl: server.url, logLevel: "off" });
  const transport = transportFor(settings);
  onTestFinished(() => transport.close());
  const controller = new AbortController();
  const performed = performTimed(settings, transport.send, {
    operation: operations.createReservation,
    body: { ...request, subject: { tenant: "acme" } },
    options: { signal: controller.signal },
    finishOnceSent: true,
  });
  await vi.waitFor(() => expect(held).toHaveLength(1), { interval: 1, timeout: 30_000 });
  controller.abort("enough");
  return { performed, held: held[0], received: server.received };
}

describe("a call with finishOnceSent that is aborted after it was sent", () => {
  it("resolves with its response", async () => {
    const { performed, held } = await abortedReserve();
    held?.end(JSON.stringify(reservation));
    expect((await performed).data).toEqual(reservation);
  });

  it("is not sent again if the connection is lost", async () => {
    const { performed, held, received } = await abortedReserve();
    held?.destroy();
    expect(await rejection(performed)).toBe("enough");
    expect(received).toHaveLength(1);
  });
});
