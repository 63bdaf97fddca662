import { unitOf } from "./operation.js";
import { type Report, tightest } from "./report.js";

/** One JSON object a line, told apart by `type`: `ready`, `exchange` and `closed`. Wire objects are as on the wire. */
export const jsonReport: Report = {
  opened: ([env, ...others], balances) => [
    JSON.stringify({ type: "ready", env, others, balances }),
  ],
  exchanged: (exchange, balances) => {
    // The headers carry the key, and the body is there as JSON.
    const { at, headers: _headers, body: _body, ...rest } = exchange;
    const time = new Date(at).toISOString();
    const tightestBalance = tightest(balances, exchange.scopes, unitOf(exchange));
    return [JSON.stringify({ type: "exchange", time, ...rest, tightestBalance })];
  },
  closed: (balances) => [JSON.stringify({ type: "closed", balances })],
};
