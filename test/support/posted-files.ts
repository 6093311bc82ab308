/** Files by the doors that any program uses: the bytes first, then the message. */
import { createHash } from 'node:crypto';
import { expect } from '@jest/globals';
import type { Page } from 'playwright-core';

/** A valid WAV of silence. */
export function wav(seconds: number): Buffer {
  const rate = 8_000;
  const data = Buffer.alloc(rate * seconds, 128);
  const head = Buffer.alloc(44);
  head.write('RIFF', 0);
  head.writeUInt32LE(36 + data.length, 4);
  head.write('WAVEfmt ', 8);
  head.writeUInt32LE(16, 16);
  head.writeUInt16LE(1, 20);
  head.writeUInt16LE(1, 22);
  head.writeUInt32LE(rate, 24);
  head.writeUInt32LE(rate, 28);
  head.writeUInt16LE(1, 32);
  head.writeUInt16LE(8, 34);
  head.write('data', 36);
  head.writeUInt32LE(data.length, 40);
  return Buffer.concat([head, data]);
}

export interface PostedFile {
  readonly name: string;
  readonly bytes: Buffer;
  readonly facts?: object;
  readonly message?: string;
}

/** @returns its SHA-256 */
export async function postFile(
  page: Page,
  conversation: string,
  { name, bytes, facts = {}, message = '' }: PostedFile,
): Promise<string> {
  const taken = await page.evaluate(
    async ([base64, called]) => {
      const body = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
      const answer = await fetch(`/api/uploads?name=${encodeURIComponent(called)}`, { method: 'POST', body });
      return { ...((await answer.json()) as { sha256: string; mime: string }), status: answer.status };
    },
    [bytes.toString('base64'), name] as const,
  );
  expect(taken).toMatchObject({ status: 201, sha256: createHash('sha256').update(bytes).digest('hex') });
  await command(page, 'file.post', { conversation, sha256: taken.sha256, name, message, ...facts });
  return taken.sha256;
}

/** A command over a socket of its own, as a second window would send it. */
export async function command(page: Page, name: string, args: object): Promise<unknown> {
  const answer = await page.evaluate(
    ([called, given]) =>
      new Promise<{ ok: boolean }>((resolve, reject) => {
        const socket = new WebSocket(`ws://${location.host}/ws`);
        socket.onopen = () => socket.send(JSON.stringify({ id: 1, command: called, ...given }));
        socket.onerror = () => reject(new Error('the socket failed'));
        socket.onmessage = ({ data }) => {
          const told = JSON.parse(String(data)) as { type: string; ok: boolean };
          if (told.type !== 'result') return;
          socket.close();
          resolve(told);
        };
      }),
    [name, args] as const,
  );
  expect(answer).toMatchObject({ ok: true });
  return answer;
}

/** A picture that a browser itself has made, base64. */
export async function pictureOf(
  page: Page,
  width: number,
  height: number,
  colour: string,
  type = 'image/png',
): Promise<string> {
  return page.evaluate(
    ([w, h, fill, mime]) => {
      const canvas = document.createElement('canvas');
      [canvas.width, canvas.height] = [w, h];
      const context = canvas.getContext('2d');
      if (!context) throw new Error('no canvas');
      context.fillStyle = fill;
      context.fillRect(0, 0, w, h);
      context.fillStyle = 'white';
      context.fillRect(w / 4, h / 4, w / 4, h / 4);
      return canvas.toDataURL(mime).split(',')[1] ?? '';
    },
    [width, height, colour, type] as const,
  );
}
