import { describe } from "vitest";
import { useRules } from "./http.js";

// The tests of these files hold under both rule sets. Each runs in its own file under those of the
// server, and here under those of the prose.
describe("under the rules of the prose", async () => {
  useRules("prose");
  await import("./settle.test.js");
  await import("./reserve.test.js");
  await import("./idempotency.test.js");
  await import("./queries.test.js");
  await import("./requests.test.js");
  await import("./retention.test.js");
  await import("./race.test.js");
  await import("./properties/history.property.test.js");
  await import("./properties/independence.property.test.js");
});
