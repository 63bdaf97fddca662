// Finds reservations that are stuck. With --release, it releases them.
import { CyclesClient, format, usd } from "cycles-client";
import { EmbeddedCycles, ManualClock } from "cycles-client/embedded";
import { release, stuck } from "./sweep.mjs";

const MINUTE_MS = 60_000;
const isToRelease = process.argv.includes("--release");

const clock = new ManualClock();
const authority = new EmbeddedCycles({ budgets: { "tenant:acme": usd("1.00") }, clock });
const cycles = new CyclesClient(authority.clientOptions("acme"));

// Two workers have died while they held budget. A third is still working.
for (const [name, minutes] of [
  ["nightly-report", 30],
  ["crawler", 15],
  ["chat", 0],
]) {
  const action = { kind: "job", name: `${name}` };
  await cycles.createReservation({ action, estimate: usd("0.10"), ttl_ms: 60 * MINUTE_MS });
  await clock.advance(Number(minutes) * MINUTE_MS);
}

for await (const { reservation_id, action, reserved, created_at_ms } of stuck(
  cycles,
  10 * MINUTE_MS,
  clock.now(),
)) {
  const minutes = Math.round((clock.now() - created_at_ms) / MINUTE_MS);
  const outcome = isToRelease ? await release(cycles, reservation_id) : "not released";
  console.log(`${action.name}: ${format(reserved)} held for ${minutes} minutes: ${outcome}`);
}
const [{ reserved }] = authority.balances();
console.log(`${format(reserved)} still reserved`);
await cycles.close();
