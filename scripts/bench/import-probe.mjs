// Prints how many milliseconds the import of a module takes in a process that has imported nothing else.
const [, , specifier = ""] = process.argv;
const from = performance.now();
await import(specifier);
console.log(JSON.stringify(performance.now() - from));
