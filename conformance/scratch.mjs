// Folders that go when the script does, and the compiler that has to accept what generators write there.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { check } from './checks.mjs';

const MODULES = new URL('node_modules', import.meta.url).pathname;
const STRICT = '--noEmit --strict --skipLibCheck --target es2022 --module esnext --moduleResolution bundler';

/** A new folder that goes when the script does. */
export function newFolder() {
  const folder = mkdtempSync(join(tmpdir(), 'lianxi-'));
  process.on('exit', () => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));
  return folder;
}

/** A new folder in which the installed packages are found. */
export function newProject() {
  const folder = newFolder();
  symlinkSync(MODULES, join(folder, 'node_modules'));
  return folder;
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
