// Runs before every test file. Two functions make every response of an embedded authority in this process, over `fetch`
// or a socket. Here each response is checked against the contract before it leaves.
import { afterEach, vi } from "vitest";
import type { Outgoing } from "../../src/embedded/http/message.js";
import type { RuleSet } from "../../src/embedded/ledger/state.js";
import { violationsOf } from "./contract-responses.js";

const violations: string[] = [];

vi.mock(import("../../src/embedded/http/handle.js"), async (original) => {
  const http = await original();
  return {
    ...http,
    handle: (received, backend) =>
      judged(backend.rules, received.incoming, http.handle(received, backend)),
    respondRefused: (refusal, incoming) =>
      judged("prose", REFUSED, http.respondRefused(refusal, incoming)),
  };
});

const REFUSED = { method: "refused", target: "request" };

function judged(
  rules: RuleSet,
  { method, target }: { readonly method: string; readonly target: string },
  response: Outgoing,
): Outgoing {
  violations.push(...violationsOf(rules, method, target, response));
  return response;
}

afterEach(() => {
  const found = violations.splice(0);
  if (found.length > 0) {
    throw new Error(`The authority broke the contract:\n${[...new Set(found)].join("\n")}`);
  }
});
