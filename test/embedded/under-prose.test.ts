import { describe } from "vitest";
import { useRules } from "./http.js";

// These tests hold under both rule sets. Each one runs under the server rules in its own file, and
// under the prose rules here.
describe("under the prose rules", async () => {
  useRules("prose");
  await import("./settle.test.js");
  await import("./reserve.test.js");
  await import("./idempotency.test.js");
  await import("./queries.test.js");
  await import("./requests.test.js");
  await import("./retention.test.js");
  await import("./evidence.test.js");
  await import("./race.test.js");
  await import("./properties/history.property.test.js");
  await import("./properties/independence.property.test.js");
});
