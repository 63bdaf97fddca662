import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

/** The authority's process, as its parent speaks with it. */
export class AuthorityProcess {
  #child;

  /**
   * @param {string} journalFolder
   * @param {number} seed
   */
  constructor(journalFolder, seed) {
    this.#child = fork(scriptOf("authority.mjs"), [journalFolder, String(seed)]);
  }

  /** Where it listens, and the key to it. */
  async address() {
    const [address] = await once(this.#child, "message");
    return address;
  }

  /** Moves its clock on. @param {number} ms */
  advance(ms) {
    return this.#ask({ ask: "advance", ms });
  }

  /** What it accepted, and what its ledger has. */
  books() {
    return this.#ask({ ask: "books" });
  }

  async end() {
    this.#child.disconnect();
    await once(this.#child, "exit");
  }

  /** Answers come in the order of the questions. @param {{ ask: string, ms?: number }} question */
  #ask(question) {
    const answer = new Promise((resolve) => {
      const hear = (message) => {
        if (message.ask !== question.ask) return;
        this.#child.off("message", hear);
        resolve(message);
      };
      this.#child.on("message", hear);
    });
    this.#child.send(question);
    return answer;
  }
}

/** Starts a worker; `begun` resolves when it has a client, `ended` when it is gone. */
export function startWorker(settings) {
  const child = fork(scriptOf("worker.mjs"), [JSON.stringify(settings)], {
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  return {
    begun: once(child, "message"),
    ended: once(child, "exit"),
    kill: () => child.kill("SIGKILL"),
  };
}

function scriptOf(name) {
  return fileURLToPath(new URL(name, import.meta.url));
}
