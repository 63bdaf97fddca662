import type { Settings } from "../settings.js";
import type { Send } from "../wire/send.js";
import type { ReportingJournal } from "./reporting-journal.js";

/** The parts of the client that settlement uses. */
export interface SettlementContext {
  readonly settings: Settings;
  readonly send: Send;
  /** `undefined` if the client has no journal. */
  readonly journal: ReportingJournal | undefined;
}
