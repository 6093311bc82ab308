/** What flags of several commands must be, whoever is started with them. Each error names the flag. */
import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { ParleyError } from '../../protocol/errors.js';
import { CODE_ALONE, isCodeAlone } from '../../protocol/invite-code.js';
import { parseTracker } from '../../protocol/invite.js';

/** @param ports by flag; undefined where it is not given. @throws ParleyError bad_request */
export function checkPorts(ports: Readonly<Record<string, number | undefined>>): void {
  for (const [flag, port = 0] of Object.entries(ports))
    if (!Number.isInteger(port) || port < 0 || port > 65_535)
      throw new ParleyError('bad_request', `A port is a number from 0 to 65535. Choose another one with ${flag}.`);
}

/** @throws ParleyError bad_request */
export function checkTrackers(addresses: readonly string[]): void {
  const wrong = addresses.find((address) => parseTracker(address) === undefined);
  if (addresses.some(isCodeAlone)) throw new ParleyError('bad_request', CODE_ALONE);
  if (wrong === undefined) return;
  const next = 'Write one like http://192.168.1.5:8001 after --tracker.';
  throw new ParleyError('bad_request', `"${wrong}" is not the address of a tracker. ${next}`);
}

/**
 * A certificate to trust, in PEM; undefined where the flag is not given.
 * @throws ParleyError bad_request for a file that holds none; the system's error, which names the file
 */
export async function certificateToTrust(file: string | undefined, flag: string): Promise<string | undefined> {
  if (file === undefined) return undefined;
  const pem = await readFile(file, 'utf8').catch((error: unknown) => {
    // What the system says of an open file does not name it.
    throw Object.assign(error as Error, { path: file });
  });
  if (isCertificate(pem)) return pem;
  throw new ParleyError('bad_request', `${file} is not a certificate in PEM. Choose another file with ${flag}.`);
}

function isCertificate(pem: string): boolean {
  try {
    return new X509Certificate(pem).raw.length > 0;
  } catch {
    return false;
  }
}
