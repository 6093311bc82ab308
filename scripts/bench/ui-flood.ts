/** Ten thousand messages that come while the conversation is open. */
import type { PeerReady } from '../daemon/daemon.js';
import { toRow, type Row, type Settings } from './benchmark.js';
import { LocalSocket } from './local-socket.js';
import { atMost, frameRows, framesOf, told } from './ui-frames.js';
import type { WrittenHistory } from './ui-history.js';
import { HEAP_MB, type Windows } from './ui-window.js';

export async function flood(
  { quick, progress }: Settings,
  { window, bare }: Windows,
  bob: PeerReady,
  { conversation }: WrittenHistory,
): Promise<Row[]> {
  const messages = quick ? 1_000 : 10_000;
  await window.page.keyboard.press('Escape');
  await window.page.getByRole('button', { name: /Jump to newest|new message/ }).waitFor({ state: 'hidden' });
  const socket = await LocalSocket.signIn(bob);
  const pour = (into: string, name: string): void => {
    for (let n = 1; n <= messages; n++) {
      const post = { id: n, command: 'message.post', conversation: into, message: `${name} ${n} of ${messages}` };
      socket.socket.send(JSON.stringify(post));
    }
  };
  // The peers take most of the machine: what any page gets beside them is measured with the same flood, into a channel.
  await bare.page.bringToFront();
  const limit = await bare.recorded(async () => {
    const done = answered(socket, messages);
    pour('#general', 'elsewhere');
    await done;
  });
  await window.page.bringToFront();
  const from = performance.now();
  const frames = await window.recorded(async () => {
    pour(conversation, 'flood');
    await window.drawn(`flood ${messages} of ${messages}`);
  });
  const rate = messages / ((performance.now() - from) / 1000);
  socket.socket.close();
  const figures = framesOf(frames, -1);
  const { heap } = await window.weight();
  progress(`${messages} came at ${rate.toFixed(0)}/s: ${told(figures)}; then ${heap.toFixed(1)} MB`);
  return [
    ...frameRows(`ui: frames while ${messages} come`, [figures], [framesOf(limit, 0)]),
    toRow(atMost('ui: heap after that flood', 'MB'), [heap], [HEAP_MB]),
  ];
}

/** Resolves once the peer has answered so many commands. */
function answered({ socket }: LocalSocket, count: number): Promise<void> {
  let left = count;
  return new Promise((resolve) => {
    const hear = (data: Buffer): void => {
      if (!data.toString().startsWith('{"type":"result"') || --left > 0) return;
      socket.off('message', hear);
      resolve();
    };
    socket.on('message', hear);
  });
}
