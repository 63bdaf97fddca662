import {
  type Attributes,
  type Span,
  SpanKind,
  SpanStatusCode,
  context,
  trace,
  type Tracer,
} from "@opentelemetry/api";
import { type Amount, CyclesApiError, type Notice, type Unit } from "../index.js";
import { Recent } from "./recent.js";

/** How many reservations are remembered with their spans. A commit may come much later. */
const MOST_RESERVATIONS = 10_000;

type Reserved = Extract<Notice, { type: "reserved" | "unguarded" }>;
type Refused = Extract<Notice, { type: "denied" | "would_deny" }>;
type Committed = Extract<Notice, { type: "committed" }>;
type Failed = Extract<Notice, { type: "settlement_failed" }>;

/** The amounts of the reservations under one span. */
interface SpanTotals {
  reservations: number;
  readonly estimates: Map<Unit, number>;
  readonly charges: Map<Unit, number>;
}

/**
 * Writes attributes to the span in which work reserves, also if the spend is known later. If there
 * are several reservations under one span, its amounts are totals, and its other attributes are
 * those of the last one.
 */
export class BudgetSpans {
  readonly #tracer: Tracer | undefined;
  readonly #totals = new WeakMap<Span, SpanTotals>();
  /** The span of each reservation that is not settled. */
  readonly #spans = new Recent<Span>(MOST_RESERVATIONS);

  /** @param tracer makes a span for each reserve and each settlement; undefined: none */
  constructor(tracer: Tracer | undefined) {
    this.#tracer = tracer;
  }

  add(notice: Notice): void {
    switch (notice.type) {
      case "reserved":
      case "unguarded":
        this.#reserved(notice);
        break;
      case "denied":
      case "would_deny":
        this.#refused(notice);
        break;
      case "committed":
      case "settlement_failed":
        this.#settled(notice);
        break;
      case "released":
      case "release_failed":
      case "actual_unknown":
        this.#spans.take(notice.reservationId);
        break;
      default:
    }
  }

  #reserved(notice: Reserved): void {
    const active = trace.getActiveSpan();
    const own = this.#reserveSpan(attributesOf(notice), notice);
    const span = active ?? own;
    // A span that is not recorded is remembered, too: it is the parent of the settlement's span.
    if (span) this.#spans.set(notice.reservationId, span);
    if (active?.isRecording() !== true) return;
    const totals = this.#totalsOf(active);
    totals.reservations += 1;
    addTo(totals.estimates, notice.estimate);
    active.setAttributes({ ...attributesOf(notice), ...shown(totals, notice.estimate.unit) });
  }

  #refused(notice: Refused): void {
    const attributes = refusal(notice);
    const active = trace.getActiveSpan();
    if (active?.isRecording() === true) active.setAttributes(attributes);
    if (notice.type === "denied") this.#reserveSpan(attributes, notice);
  }

  #settled(notice: Committed | Failed): void {
    const span = this.#spans.take(notice.reservationId);
    if (span === undefined) return;
    this.#settlementSpan(span, notice);
    if (notice.type !== "committed" || !span.isRecording()) return;
    const totals = this.#totalsOf(span);
    addTo(totals.charges, notice.charged);
    span.setAttributes(shown(totals, notice.charged.unit));
  }

  #totalsOf(span: Span): SpanTotals {
    const known = this.#totals.get(span);
    if (known) return known;
    const totals = { reservations: 0, estimates: new Map(), charges: new Map() };
    this.#totals.set(span, totals);
    return totals;
  }

  /** A span of a reserve that has ended, under the active span. */
  #reserveSpan(attributes: Attributes, notice: Reserved | Refused): Span | undefined {
    const own = { "cycles.estimate": notice.estimate.amount, "cycles.unit": notice.estimate.unit };
    const name = `cycles.reserve ${notice.action.kind}`;
    const durationMs = "durationMs" in notice ? notice.durationMs : undefined;
    return this.#span(name, { ...attributes, ...own }, durationMs);
  }

  /** A span of a settlement that has ended, under the span of its reserve. */
  #settlementSpan(parent: Span, notice: Committed | Failed): void {
    const { reservationId, actual, type } = notice;
    const attributes: Attributes = {
      "cycles.reservation_id": reservationId,
      "cycles.actual": actual.amount,
      "cycles.unit": actual.unit,
      ...(type === "committed"
        ? { "cycles.charged": notice.charged.amount, "cycles.via": notice.via }
        : { "cycles.fate": notice.fate }),
    };
    const isCommitted = type === "committed";
    const failure = isCommitted ? undefined : notice.error.message;
    const durationMs = isCommitted ? notice.durationMs : undefined;
    this.#span("cycles.settle", attributes, durationMs, parent, failure);
  }

  #span(
    name: string,
    attributes: Attributes,
    durationMs = 0,
    parent?: Span,
    failure?: string,
  ): Span | undefined {
    if (this.#tracer === undefined) return undefined;
    const end = Date.now();
    // Dates, because the SDK takes small numbers for times since the start of the process.
    const startTime = new Date(end - durationMs);
    const around = parent ? trace.setSpan(context.active(), parent) : context.active();
    const options = { kind: SpanKind.CLIENT, startTime, attributes };
    const span = this.#tracer.startSpan(name, options, around);
    if (failure !== undefined) span.setStatus({ code: SpanStatusCode.ERROR, message: failure });
    span.end(new Date(end));
    return span;
  }
}

function attributesOf(notice: Reserved): Attributes {
  const isUnguarded = notice.type === "unguarded";
  const scope = isUnguarded ? undefined : notice.scopes.at(-1);
  return {
    "cycles.reservation_id": notice.reservationId,
    ...(isUnguarded ? { "cycles.unguarded": true } : { "cycles.decision": notice.decision }),
    ...(scope !== undefined && { "cycles.scope": scope }),
  };
}

/** What a span says about a denial. In the mode `observe`, there was none. */
function refusal({ type, error }: Refused): Attributes {
  const { code } = error;
  if (type === "would_deny") return { "cycles.would_deny": code };
  const scope = error instanceof CyclesApiError ? (error.scope ?? error.scopes.at(-1)) : undefined;
  return {
    "cycles.decision": "DENY",
    "cycles.code": code,
    ...(scope !== undefined && { "cycles.scope": scope }),
  };
}

function addTo(totals: Map<Unit, number>, { unit, amount }: Amount): void {
  totals.set(unit, (totals.get(unit) ?? 0) + amount);
}

/** The totals in one unit, because an attribute has one number. */
function shown({ reservations, estimates, charges }: SpanTotals, unit: Unit): Attributes {
  const charged = charges.get(unit);
  return {
    "cycles.reservations": reservations,
    "cycles.unit": unit,
    "cycles.estimate": estimates.get(unit) ?? 0,
    ...(charged !== undefined && { "cycles.charged": charged }),
  };
}
