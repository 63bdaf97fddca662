import { CyclesClient, CyclesError } from "cycles-client";
import { EmbeddedCycles } from "cycles-client/embedded";

/** @import { Amount } from "cycles-client" */

/**
 * A client and the tenant that it acts for: of the server at CYCLES_BASE_URL, or else of an authority inside this
 * process, behind a loopback port, where the tenant has the budget.
 * @param {Amount} budget
 */
export async function connect(budget) {
  return process.env["CYCLES_BASE_URL"] ? connectToServer() : connectToEmbedded(budget);
}

function connectToServer() {
  const tenant = process.env["CYCLES_TENANT"];
  if (!tenant) {
    throw new CyclesError("CYCLES_BASE_URL is set: set CYCLES_TENANT as well", { code: "CONFIG" });
  }
  // A demo leaves nothing behind, so it keeps no journal either; a service should.
  const client = new CyclesClient({ journal: false });
  return { client, tenant, isEmbedded: false, close: () => client.close() };
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
  return { client, tenant, isEmbedded: true, close };
}
