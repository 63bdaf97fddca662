import type { components } from "../../generated/paths.js";

/** Soft limits that come with ALLOW_WITH_CAPS. (Protocol: Caps.) */
export type Caps = components["schemas"]["Caps"];

/** Whether caps let a tool be used: an allow list that is not empty decides alone, else the deny list does. */
export function allowsTool(caps: Caps | undefined, name: string): boolean {
  if (caps?.tool_allowlist?.length) return caps.tool_allowlist.includes(name);
  return caps?.tool_denylist?.includes(name) !== true;
}
