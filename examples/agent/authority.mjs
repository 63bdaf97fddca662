import { CyclesClient } from "cycles-client";
import { EmbeddedCycles } from "cycles-client/embedded";
import { SetupError } from "./setup-error.mjs";

/** @import { Amount } from "cycles-client" */

/**
 * Returns a client and its tenant. If CYCLES_BASE_URL is set, the client uses that server. If not,
 * it uses an authority in this process, on a loopback port, in which the tenant has the given
 * budget.
 * @param {Amount} budget
 */
export async function connect(budget) {
  return process.env["CYCLES_BASE_URL"] ? connectToServer() : connectToEmbedded(budget);
}

function connectToServer() {
  const tenant = process.env["CYCLES_TENANT"];
  if (!tenant) {
    throw new SetupError("CYCLES_BASE_URL is set, but CYCLES_TENANT is not: set it too");
  }
  // A demo leaves no files behind, so it turns the journal off. A service should keep it on.
  const client = new CyclesClient({ journal: false });
  return { client, tenant, close: () => client.close() };
}

/** @param {Amount} budget */
async function connectToEmbedded(budget) {
  const tenant = "demo";
  const authority = new EmbeddedCycles({ budgets: { [`tenant:${tenant}`]: budget } });
  const server = await authority.listen(0);
  const client = new CyclesClient(server.clientOptions(tenant));
  const close = async () => {
    await client.close();
    await server.close();
  };
  return { client, tenant, close };
}
