/** The chat in the terminal: the machine between the screen and the daemon. */
import { randomUUID } from 'node:crypto';
import { stopSignal } from '../../process/lifecycle.js';
import { SteadyPeer } from '../../process/steady-peer.js';
import { conversationOf } from '../../process/running-peer.js';
import { perform } from './effects.js';
import { step } from './machine.js';
import { newState, type Action } from './model.js';
import type { Screen } from './screen.js';
import type { Language } from './texts.js';
import { frame } from './view.js';

export interface ChatOptions {
  readonly screen: Screen;
  readonly dataDir: string;
  readonly username: string;
  readonly language: Language;
  /** To begin with, as a person says it. */
  readonly conversation: string | undefined;
  /** A daemon is connected. */
  readonly up: () => void;
  /** The daemon has ended. */
  readonly down: () => void;
}

/** Resolves when the user leaves, or a signal asks to stop; the terminal is left as it was found. @throws (rejects with) what the daemon refuses at the beginning */
export async function chat({ screen, dataDir, username, language, ...options }: ChatOptions): Promise<void> {
  const { conversation, up, down } = options;
  let state = newState(username, language, screen.size.columns, screen.size.rows);
  let leave: () => void = () => undefined;
  const left = new Promise<void>((resolve) => (leave = resolve));
  const waiting: Action[] = [];
  const daemon: { peer?: SteadyPeer } = {};
  const act = (action: Action): void => {
    // What the daemon tells first comes before the connection is handed over.
    const { peer } = daemon;
    if (!peer) return void waiting.push(action);
    const [next, effects] = step(state, action, randomUUID());
    state = next;
    const doing = { socket: () => peer.socket(), act, redraw: () => screen.forget(), quit: leave };
    for (const effect of effects) perform(effect, doing);
    screen.draw(frame(state));
  };
  const peer = await SteadyPeer.open(dataDir, {
    up,
    event: (event) => act({ type: 'event', event }),
    down: () => {
      act({ type: 'down' });
      down();
    },
  });
  daemon.peer = peer;
  try {
    const first = conversation === undefined ? undefined : await conversationOf(peer.asking(), conversation);
    const stopped = stopSignal();
    screen.open({
      key: (key) => act({ type: 'key', key }),
      resized: (columns, rows) => act({ type: 'resize', columns, rows }),
    });
    for (const action of waiting.splice(0)) act(action);
    if (first !== undefined) act({ type: 'opened', conversation: first });
    screen.draw(frame(state));
    await Promise.race([left, stopped]);
  } finally {
    screen.close();
    await peer.close();
  }
}
