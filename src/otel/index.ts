// The entry point `cycles-client/otel`: budgets in traces and metrics of OpenTelemetry.
export { instrument, type TelemetryOptions } from "./instrument.js";
