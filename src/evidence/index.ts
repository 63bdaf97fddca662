// The entry point `cycles-client/evidence`: verification of signed evidence.
export {};
