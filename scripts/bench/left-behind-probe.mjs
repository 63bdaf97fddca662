// Leaves spends in a journal, as a process does that dies while its first attempts are in flight.
//   node left-behind-probe.mjs url folder count log|files
import { CyclesClient } from "cycles-client";
import { ACTION, ACTUAL, API_KEY, ESTIMATE, RESERVED, TENANT } from "./responses.mjs";

const [, , baseUrl = "", journalDir = "", count = "", mode = ""] = process.argv;
const SPENDS = Number(count);
/** No attempt ends before the last one begins. */
const READ_TIMEOUT_MS = 600_000;
const reserved = JSON.parse(RESERVED.toString());
let commits = 0;

const client = new CyclesClient({
  baseUrl,
  apiKey: API_KEY,
  subject: { tenant: TENANT },
  journalDir,
  journalMode: mode === "files" ? "files" : "log",
  readTimeout: READ_TIMEOUT_MS,
  fetch: respond,
});
for (let spend = 0; spend < SPENDS; spend += 1) {
  const guard = await client.reserve({ action: ACTION, estimate: ESTIMATE });
  guard.commit(ACTUAL).catch(() => undefined);
}

/** Grants reservations, and leaves commits without a response. */
function respond(url) {
  if (!url.endsWith("/commit"))
    return Promise.resolve(Response.json({ ...reserved, reservation_id: crypto.randomUUID() }));
  commits += 1;
  if (commits === SPENDS) {
    console.log(JSON.stringify(commits));
    process.exit();
  }
  return new Promise(() => undefined);
}
