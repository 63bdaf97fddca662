import { microcents, usd } from "cycles-client";
import { EmbeddedCycles, type EmbeddedServer, ManualClock } from "cycles-client/embedded";
import { afterAll, beforeAll, describe } from "vitest";
import { behavesAsTheProtocolSays } from "../live/suite.js";

describe("the embedded authority behind a socket", () => {
  const clock = new ManualClock();
  const authority = new EmbeddedCycles({
    budgets: {
      "tenant:acme": usd("1.00"),
      "tenant:acme/agent:overdrawn": {
        allocated: microcents(1_000),
        overdraft_limit: microcents(10),
      },
      "tenant:acme/agent:capped": { allocated: microcents(1_000), caps: { max_tokens: 500 } },
    },
    clock,
  });
  let server: EmbeddedServer;
  beforeAll(async () => {
    server = await authority.listen();
  });
  afterAll(() => server.close());
  behavesAsTheProtocolSays(() => ({
    baseUrl: server.url,
    apiKey: authority.apiKey("acme"),
    tenant: "acme",
    overdraftAgent: "overdrawn",
    cappedAgent: "capped",
    wait: (ms) => clock.advance(ms),
  }));
});
