// Nothing: what an import costs in any case.
