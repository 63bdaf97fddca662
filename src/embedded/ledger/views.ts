import type { Budget } from "./budget.js";
import type { Command } from "./command.js";
import type { Refusal } from "./refusal.js";
import type { Reservation, RuleSet, Wire } from "./state.js";
import { prose } from "./prose-views.js";
import { server } from "./server-views.js";

/** How results look. The two rule sets differ only in what these functions return. */
export interface Views {
  readonly balance: (budget: Budget) => Wire["Balance"];
  readonly commit: (settled: Settled) => Wire["CommitResponse"];
  /** `include` names the metadata that each row of the list carries. */
  readonly summary: (reservation: Reservation, include: ReadonlySet<string>) => ReservationRow;
  readonly detail: (reservation: Reservation) => ReservationRow;
  /** The end of a page. `cursor` is `undefined` on the last page. */
  readonly pageEnd: (cursor: string | undefined) => PageEnd;
  readonly refusal: (refusal: Refusal, operation: Command["operation"]) => Refusal;
}

/** The amounts and the budgets of a commit. */
export interface Settled {
  readonly unit: Wire["UnitEnum"];
  readonly charged: number;
  readonly released: number;
  readonly budgets: readonly Budget[];
}

/** A reservation as reads and lists return it. Absent members may be `null`. */
export type ReservationRow = Omit<Wire["ReservationDetail"], "subject" | "action"> & {
  readonly subject: Wire["Subject"] | OrNull<Wire["Subject"]>;
  readonly action: Wire["Action"] | OrNull<Wire["Action"]>;
};

export interface PageEnd {
  readonly has_more: boolean;
  readonly next_cursor?: string | null;
}

/** The same members, all present. An absent member is `null`. */
export type OrNull<Members> = {
  readonly [Name in keyof Required<Members>]: Required<Members>[Name] | null;
};

const VIEWS: Readonly<Record<RuleSet, Views>> = { server, prose };

export function viewsOf({ rules }: { readonly rules: RuleSet }): Views {
  return VIEWS[rules];
}
