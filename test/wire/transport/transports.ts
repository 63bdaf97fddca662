import { onTestFinished } from "vitest";
import type { ClientOptions } from "../../../src/options.js";
import { resolveOptions } from "../../../src/settings.js";
import type { SendRequest, Transport } from "../../../src/wire/send.js";
import { transportFor } from "../../../src/wire/transport.js";
import { StandingClock } from "../../support/clock.js";

/** A transport with a manual clock, and a function that sends requests to one server. */
export function transport(url: string, options: ClientOptions = {}) {
  const clock = new StandingClock();
  const made: Transport = transportFor(resolveOptions({ baseUrl: url, clock, ...options }));
  onTestFinished(() => void made.close());
  const send = (path: string, over: Partial<SendRequest> = {}) =>
    made.send({
      method: "POST",
      url: `${url}${path}`,
      headers: { "x-idempotency-key": path },
      body: `{"path":"${path}"}`,
      timeoutMs: 7_000,
      signal: undefined,
      finishOnceSent: false,
      priority: false,
      ...over,
    });
  return { clock, send };
}
