/** What a device is called, and what it runs on: for the user whose device it is (SPEC.md section 2). */
import { DEVICE_NAME_MAX } from './limits.js';
import { cleanLine, isLine } from './plain-text.js';

/** What a device says of itself to its user, by the tracker. */
export interface AboutDevice {
  /** What it is to be called until its user gives it a name; undefined: nothing. At most DEVICE_NAME_MAX. */
  readonly name?: string | undefined;
  /** What it runs on. */
  readonly platform: string;
}

/**
 * One visible line, however it was written.
 * @returns undefined where nothing of it can be seen, or it has more than DEVICE_NAME_MAX UTF-16 units
 */
export function deviceName(text: string): string | undefined {
  const line = cleanLine(text);
  return isLine(line, DEVICE_NAME_MAX) ? line : undefined;
}

/** The beginning of a text that may be longer, such as the name of a machine. */
export function beginningOfName(text: string): string | undefined {
  return deviceName(
    cleanLine(text)
      .slice(0, DEVICE_NAME_MAX)
      .replace(/[\ud800-\udbff]$/, ''),
  );
}

/** As most people call it. `platform`: as Node names it. */
export function platformName(platform: string): string {
  return names.get(platform) ?? platform;
}

const names: ReadonlyMap<string, string> = new Map([
  ['aix', 'AIX'],
  ['android', 'Android'],
  ['darwin', 'macOS'],
  ['freebsd', 'FreeBSD'],
  ['linux', 'Linux'],
  ['openbsd', 'OpenBSD'],
  ['sunos', 'SunOS'],
  ['win32', 'Windows'],
]);
