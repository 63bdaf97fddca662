import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

/** The process of the authority, for its parent process. */
export class AuthorityProcess {
  #child;
  #questions = 0;

  /**
   * @param {string} journalFolder
   * @param {number} seed
   */
  constructor(journalFolder, seed) {
    this.#child = fork(scriptOf("authority.mjs"), [journalFolder, String(seed)]);
  }

  /** Resolves to the URL and the API key of the authority. */
  async address() {
    const [address] = await once(this.#child, "message");
    return address;
  }

  /** Moves its clock forward. @param {number} ms */
  advance(ms) {
    return this.#ask({ ask: "advance", ms });
  }

  /** Returns what the authority accepted, and the sums of its ledger. */
  ledger() {
    return this.#ask({ ask: "ledger" });
  }

  /** Whether it has accepted the spend of a reservation. @param {string} reservationId */
  async isAccepted(reservationId) {
    const { answer } = await this.#ask({ ask: "is accepted", reservationId });
    return answer;
  }

  async end() {
    this.#child.disconnect();
    await once(this.#child, "exit");
  }

  /**
   * Sends a question and returns the reply.
   * @param {Omit<import("./authority.mjs").Question, "number">} question
   */
  #ask(question) {
    this.#questions += 1;
    const number = this.#questions;
    const reply = new Promise((resolve) => {
      const hear = (message) => {
        if (message.number !== number) return;
        this.#child.off("message", hear);
        resolve(message);
      };
      this.#child.on("message", hear);
    });
    this.#child.send({ ...question, number });
    return reply;
  }
}

/**
 * Starts a worker. `begun` resolves when the worker has a client, `ended` when it has exited. After `sleep`, it does
 * nothing until `wake`.
 */
export function startWorker(settings) {
  const child = fork(scriptOf("worker.mjs"), [JSON.stringify(settings)], {
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  return {
    begun: once(child, "message"),
    ended: once(child, "exit"),
    kill: () => child.kill("SIGKILL"),
    sleep: () => child.kill("SIGSTOP"),
    wake: () => child.kill("SIGCONT"),
    /** Lets a worker that only settles close its client. */
    close: () => child.send("end"),
  };
}

function scriptOf(name) {
  return fileURLToPath(new URL(name, import.meta.url));
}
