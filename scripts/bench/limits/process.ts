/** What the programs that are limits share with the daemons: they say when they are ready, and end with whoever started them. */
import { once, type EventEmitter } from 'node:events';

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
