import { Count } from "../support/count.mjs";

/** What is counted of a campaign. */
export class Figures {
  answers = 0;
  operations = new Count();
  statuses = new Count();
  cases = new Count();
  /** Answers that held the event loop up for long, and the longest time that one did, in milliseconds. */
  slow = 0;
  longest = 0;

  /** @param {string} operation @param {import("./answers.mjs").Answer} answer */
  answered(operation, answer) {
    this.answers += 1;
    this.operations.add(operation);
    this.statuses.add(answer.ends === "whole" ? String(answer.status) : answer.ends);
  }
}
