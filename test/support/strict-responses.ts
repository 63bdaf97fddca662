// Runs before every test file. Two functions make every response of an embedded authority in this process, over `fetch`
// or a socket. Here each response is checked against the contract before it leaves.
import { afterEach, vi } from "vitest";
import type { Outgoing } from "../../src/embedded/http/message.js";
import { violationsOf } from "./contract-responses.js";

const violations: string[] = [];

vi.mock(import("../../src/embedded/http/handle.js"), async (original) => {
  const http = await original();
  return {
    ...http,
    handle: (received, backend) =>
      judged(received.incoming.method, received.incoming.target, http.handle(received, backend)),
    respondRefused: (refusal, incoming) =>
      judged("refused", "request", http.respondRefused(refusal, incoming)),
  };
});

function judged(method: string, target: string, response: Outgoing): Outgoing {
  violations.push(...violationsOf(method, target, response));
  return response;
}

afterEach(() => {
  const found = violations.splice(0);
  if (found.length > 0) {
    throw new Error(`The authority broke the contract:\n${[...new Set(found)].join("\n")}`);
  }
});
