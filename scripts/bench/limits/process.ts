/** What the programs that are limits share with the daemons: they say when they are ready, and end with whoever started them. */
import { once, type EventEmitter } from 'node:events';
import { readFileSync } from 'node:fs';

export function ready(facts: object): void {
  process.stdout.write(`${JSON.stringify({ event: 'ready', ...facts })}\n`);
}

export function endWithParent(): void {
  process.once('disconnect', () => process.exit());
  process.once('SIGTERM', () => process.exit());
  process.channel?.unref();
}

export async function listening(server: EventEmitter): Promise<void> {
  await once(server, 'listening');
}

/** Of the two ends of a link, which show and trust one certificate. @param key, certificate files */
export function mutualTls(key: string, certificate: string) {
  const cert = readFileSync(certificate);
  const both = { key: readFileSync(key), cert, ca: cert, minVersion: 'TLSv1.3' } as const;
  return {
    server: { ...both, requestCert: true, rejectUnauthorized: true },
    // Its name is no host's.
    client: { ...both, host: '127.0.0.1', checkServerIdentity: () => undefined },
  };
}
