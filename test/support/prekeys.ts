import { setTimeout } from 'node:timers/promises';
import { PASSWORD } from './in-process.js';

/**
 * Until the tracker hands out a prekey of theirs: from then on they can be written to while they are away. It comes shortly after a peer
 * is connected.
 */
export async function published(username: string, url: string): Promise<void> {
  const headers = { 'content-type': 'application/json' };
  const body = JSON.stringify({ username, password: PASSWORD });
  const { token } = (await (await fetch(`${url}/login`, { method: 'POST', headers, body })).json()) as {
    token: string;
  };
  for (;;) {
    const answer = await fetch(`${url}/prekeys?username=${username}`, {
      headers: { authorization: `Bearer ${token}` },
    });
    if (((await answer.json()) as { prekeys: unknown[] }).prekeys.length > 0) return;
    await setTimeout(50);
  }
}
