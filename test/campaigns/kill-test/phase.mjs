/** Where a kill can strike, in the order of a life. */
export const PHASES = [
  "recovering what was left",
  "between two lifecycles",
  "reserving",
  "working",
  "writing the record",
  "in the journal, commit not sent",
  "commit on its way",
  "accepted, answer on its way",
  "answered, record still there",
  "waiting for another try",
];

/**
 * In which phase a process was killed.
 * @param {{ what: string }[]} diary its last lines, the last one at the end
 * @param {{ hasRecord: boolean, isAccepted: boolean }} found of the spend it was about, right after its death
 */
export function phaseOf(diary, { hasRecord, isAccepted }) {
  const last = diary.at(-1);
  switch (last?.what) {
    case "recovers":
      return "recovering what was left";
    case "recovered":
    case "settled":
      return "between two lifecycles";
    case "reserves":
      return "reserving";
    case "works":
      return "working";
    case "commits":
      return hasRecord || isAccepted ? "in the journal, commit not sent" : "writing the record";
    case "sends":
      return isAccepted ? "accepted, answer on its way" : "commit on its way";
    case "answered":
      if (!isAccepted) return "waiting for another try";
      return hasRecord ? "answered, record still there" : "between two lifecycles";
    default:
      throw new Error(`a diary ends with ${JSON.stringify(last)}`);
  }
}
