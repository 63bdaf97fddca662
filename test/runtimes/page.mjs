// The page for Chromium. The script that opens it calls `conform` with the fixture.
import { conform } from "./cases.mjs";

globalThis.conform = conform;
