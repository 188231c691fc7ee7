// What scripts of Node print: a line a check, and how many held.
let held = 0;
let made = 0;

// Whoever is told to end leaves nothing behind: processes and folders go when the script does.
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(1));

/** Says whether a check held, and if not, why. */
export function check(name, holds, why = '') {
  made += 1;
  if (holds) held += 1;
  console.log(holds ? `ok      ${name}` : `NOT OK  ${name}${why && `: ${why}`}`);
}

/** Says how many held; the process ends with 1 if not all did. */
export function conclude() {
  console.log(`${held} of ${made}`);
  process.exitCode = held === made && made > 0 ? 0 : 1;
}
