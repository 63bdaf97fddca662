import { CyclesClient, format, usd } from "cycles-client";
import { EmbeddedCycles } from "cycles-client/embedded";
import { openProvider } from "./provider/server.mjs";

/**
 * What an example needs to run offline: an authority with a budget, a client of it, and a stand-in
 * for the provider of the models.
 * @param {string} dollars the budget
 */
export async function offline(dollars) {
  const authority = new EmbeddedCycles({ budgets: { "tenant:acme": usd(dollars) } });
  const cycles = new CyclesClient(authority.clientOptions("acme"));
  const provider = await openProvider();
  return {
    cycles,
    provider,
    /** Prints what the provider billed and what the ledger says, and closes everything. */
    async report() {
      await cycles.close();
      provider.close();
      const { calls, billed } = provider;
      const [{ spent }] = authority.balances();
      const { input, output } = billed;
      console.log(`Provider: calls ${calls.length}, tokens in ${input}, tokens out ${output}`);
      console.log(`Authority: requests ${authority.requests.length}, spent ${format(spent)}`);
    },
  };
}
