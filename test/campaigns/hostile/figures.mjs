import { Count } from "../support/count.mjs";

/** What a campaign counts. */
export class Figures {
  responses = 0;
  operations = new Count();
  statuses = new Count();
  cases = new Count();
  /** The number of responses that blocked the event loop for long. */
  slow = 0;
  /** The longest time that a response blocked the event loop, in milliseconds. */
  longest = 0;

  /** @param {string} operation @param {import("./responses.mjs").DrawnResponse} response */
  add(operation, response) {
    this.responses += 1;
    this.operations.add(operation);
    this.statuses.add(response.ends === "whole" ? String(response.status) : response.ends);
  }
}
