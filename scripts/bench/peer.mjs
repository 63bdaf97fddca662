// Another client of the protocol for JavaScript. It is compared if it is installed: npm install --no-save runcycles
import { join } from "node:path";
import { commitment, reservation } from "./requests.mjs";
import { ACTION, ACTUAL, API_KEY, ESTIMATE, TENANT } from "./responses.mjs";

export const PEER = "runcycles";

/**
 * Opens the peer in three ways: its low-level calls, which have no journal, and its `withCycles`, which wraps a function
 * as `run` does, without and with its journal.
 *
 * @param {string} url
 * @param {string} folder for its journal
 * @returns {Promise<import("./contenders.mjs").Contender[]>}
 */
export async function peers(url, folder) {
  const peer = await imported();
  if (peer === undefined) return [];
  const clientWith = (settings) =>
    new peer.CyclesClient(
      new peer.CyclesConfig({ baseUrl: url, apiKey: API_KEY, tenant: TENANT, ...settings }),
    );
  const plain = clientWith({ journalEnabled: false });
  const keeping = clientWith({ journalEnabled: true, journalDir: join(folder, PEER) });
  const contenders = [
    { name: `${PEER} low-level`, pair: lowLevel(plain) },
    { name: `${PEER} withCycles`, pair: wrapped(peer, plain) },
  ];
  // Versions before 0.4 have no journal, and ignore its settings.
  if (keeping.config.journalEnabled === true)
    contenders.push({ name: `${PEER} withCycles + journal`, pair: wrapped(peer, keeping) });
  return contenders;
}

async function imported() {
  try {
    return await import(PEER);
  } catch (error) {
    if (error.code === "ERR_MODULE_NOT_FOUND") return undefined;
    throw error;
  }
}

function lowLevel(client) {
  return async () => {
    const created = await client.createReservation(reservation());
    const id = created.getBodyAttribute("reservation_id");
    const committed = await client.commitReservation(id, commitment());
    return committed.getBodyAttribute("charged").amount;
  };
}

function wrapped({ withCycles }, client) {
  const options = {
    client,
    unit: ESTIMATE.unit,
    estimate: ESTIMATE.amount,
    actual: ACTUAL.amount,
    actionKind: ACTION.kind,
    actionName: ACTION.name,
  };
  return withCycles(options, () => Promise.resolve(ACTUAL.amount));
}
