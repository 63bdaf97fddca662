import { usd } from "cycles-client";
import { EmbeddedCycles, type EmbeddedServer, ManualClock } from "cycles-client/embedded";
import { afterAll, beforeAll, describe } from "vitest";
import { behavesAsTheProtocolSays } from "../live/suite.js";

describe("the embedded authority behind a socket", () => {
  const clock = new ManualClock();
  const authority = new EmbeddedCycles({ budgets: { "tenant:acme": usd("1.00") }, clock });
  let server: EmbeddedServer;
  beforeAll(async () => {
    server = await authority.listen();
  });
  afterAll(() => server.close());
  behavesAsTheProtocolSays(() => ({
    baseUrl: server.url,
    apiKey: authority.apiKey("acme"),
    tenant: "acme",
    wait: (ms) => clock.advance(ms),
  }));
});
