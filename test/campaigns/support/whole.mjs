/**
 * Reads a whole number from the command line. Ends the process with code 2 if the text is not one.
 * @param {string} option
 * @param {string} text
 */
export function whole(option, text) {
  const number = Number(text);
  if (/^\d+$/.test(text) && Number.isSafeInteger(number)) return number;
  console.error(`${option} must be a whole number, not ${JSON.stringify(text)}`);
  process.exit(2);
}
