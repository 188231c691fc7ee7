// A folder for what generators write, and the compiler that has to accept it.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { check } from './checks.mjs';

const MODULES = new URL('node_modules', import.meta.url).pathname;
const STRICT = '--noEmit --strict --skipLibCheck --target es2022 --module esnext --moduleResolution bundler';

/** Does some work in a folder of its own, where the installed packages are found; removes it in the end. */
export async function inScratch(work) {
  const folder = mkdtempSync(join(tmpdir(), 'lianxi-'));
  symlinkSync(MODULES, join(folder, 'node_modules'));
  try {
    await work(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Checks that a command of an installed package ends well in a folder. */
export function succeeds(command, options, folder) {
  try {
    execFileSync(join(MODULES, '.bin', command), options, { cwd: folder, stdio: 'pipe' });
    check(command, true);
  } catch (error) {
    check(command, false, `${error.stdout ?? ''}${error.stderr ?? error}`);
  }
}

/** Checks that files of TypeScript have no mistake by the strictest rules. */
export function typeChecks(files, folder) {
  succeeds('tsc', [...STRICT.split(' '), ...files], folder);
}
