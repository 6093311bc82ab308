/** A real Firefox, driven as its makers mean it: by WebDriver BiDi over its own socket, without a driver in between. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import WebSocket from 'ws';
import { FIREFOX_MISSING, findFirefox } from '../../scripts/bootstrap/firefox.mjs';
import { PATIENCE_MS } from './browser.js';
import { TempDir } from './temp-dir.js';

interface Answer {
  readonly id?: number;
  readonly type: 'success' | 'error' | 'event';
  readonly result?: unknown;
  readonly message?: string;
}

/** What is used of an answer to `script.evaluate`. */
interface Evaluated {
  readonly type: 'success' | 'exception';
  readonly result?: { readonly value?: unknown };
  readonly exceptionDetails?: { readonly text: string };
}

/** Keys that are no characters, as WebDriver writes them. */
const KEYS = { Enter: '\uE007', Escape: '\uE00C' } as const;

/** Without a screen it believes that there is no mouse (2: fine, 4: hovers); and it asks nobody on the network for anything. */
const PREFERENCES = Object.entries({
  'ui.primaryPointerCapabilities': 6,
  'ui.allPointerCapabilities': 6,
  'app.normandy.enabled': false,
  'app.update.enabled': false,
  'browser.safebrowsing.update.enabled': false,
  'datareporting.policy.dataSubmissionEnabled': false,
  'network.captive-portal-service.enabled': false,
  'network.connectivity-service.enabled': false,
  'services.settings.server': 'http://127.0.0.1:9/',
  'toolkit.telemetry.server': '',
})
  .map(([name, value]) => `user_pref(${JSON.stringify(name)}, ${JSON.stringify(value)});\n`)
  .join('');

export class Firefox {
  readonly #program: ChildProcess;
  readonly #profile: TempDir;
  readonly #socket: WebSocket;
  readonly #waiting = new Map<number, (answer: Answer) => void>();
  #last = 0;
  #context = '';

  private constructor(program: ChildProcess, profile: TempDir, socket: WebSocket) {
    this.#program = program;
    this.#profile = profile;
    this.#socket = socket;
    socket.on('message', (data) => {
      const answer = JSON.parse((data as Buffer).toString()) as Answer;
      this.#waiting.get(answer.id ?? -1)?.(answer);
    });
  }

  /** @throws with the line on how to install it where there is none */
  static async open(): Promise<Firefox> {
    const path = findFirefox();
    if (path === undefined) throw new Error(FIREFOX_MISSING);
    const profile = new TempDir();
    await writeFile(join(profile.path, 'user.js'), PREFERENCES);
    const flags = ['--headless', '--no-remote', '--profile', profile.path, '--remote-debugging-port', '0'];
    // Its home is the profile as well: it leaves nothing behind.
    const env = { ...process.env, HOME: profile.path, MOZ_CRASHREPORTER_DISABLE: '1' };
    const program = spawn(path, flags, { env, stdio: ['ignore', 'ignore', 'pipe'] });
    const socket = new WebSocket(`${await addressOf(program)}/session`);
    await once(socket, 'open');
    const firefox = new Firefox(program, profile, socket);
    await firefox.#ask('session.new', { capabilities: {} });
    const { contexts } = (await firefox.#ask('browsingContext.getTree', {})) as { contexts: { context: string }[] };
    firefox.#context = contexts[0]?.context ?? '';
    await firefox.#ask('browsingContext.setViewport', {
      context: firefox.#context,
      viewport: { width: 1280, height: 900 },
    });
    return firefox;
  }

  async go(url: string): Promise<void> {
    await this.#ask('browsingContext.navigate', { context: this.#context, url, wait: 'complete' });
  }

  /**
   * Resolves with what the expression says, once that is truthy: looked at again whenever something of the page has changed.
   * @throws with what the page shows instead
   */
  async sees(expression: string): Promise<unknown> {
    return this.#evaluate(`new Promise((resolve, reject) => {
      const look = () => {
        const found = ${expression};
        if (found) { observer.disconnect(); clearTimeout(timer); resolve(String(found)); }
      };
      const observer = new MutationObserver(look);
      const timer = setTimeout(() => {
        observer.disconnect();
        reject(new Error(${JSON.stringify(expression)} + ' was not seen, but: ' + document.body.innerText.slice(0, 1500)));
      }, ${PATIENCE_MS});
      observer.observe(document, { subtree: true, childList: true, attributes: true, characterData: true });
      look();
    })`);
  }

  /** Once it is there; by the mouse, where it stands. */
  async click(selector: string): Promise<void> {
    await this.sees(`document.querySelector(${JSON.stringify(selector)})`);
    await this.#evaluate(`document.querySelector(${JSON.stringify(selector)}).click()`);
  }

  /** By the keyboard, into what has the focus. */
  async type(text: string, then?: keyof typeof KEYS): Promise<void> {
    const keys = [...text.split(''), ...(then ? [KEYS[then]] : [])];
    const actions = keys.flatMap((value) => [
      { type: 'keyDown', value },
      { type: 'keyUp', value },
    ]);
    await this.#ask('input.performActions', {
      context: this.#context,
      actions: [{ type: 'key', id: 'keyboard', actions }],
    });
  }

  async close(): Promise<void> {
    const ended = once(this.#program, 'exit');
    await this.#ask('browser.close', {}).catch(() => this.#program.kill());
    await ended;
    this.#socket.terminate();
    await this.#profile.remove();
  }

  async #evaluate(expression: string): Promise<unknown> {
    const target = { context: this.#context };
    const told = (await this.#ask('script.evaluate', { expression, target, awaitPromise: true })) as Evaluated;
    if (told.type === 'exception') throw new Error(told.exceptionDetails?.text ?? 'the page threw something');
    return told.result?.value;
  }

  #ask(method: string, params: object): Promise<unknown> {
    const id = (this.#last += 1);
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, ({ type, result, message }) => {
        this.#waiting.delete(id);
        if (type === 'success') resolve(result);
        else reject(new Error(`${method}: ${message ?? 'refused'}`));
      });
      this.#socket.send(JSON.stringify({ id, method, params }));
    });
  }
}

/** It says where it listens, on stderr. @throws where it ends before */
async function addressOf(program: ChildProcess): Promise<string> {
  const { stderr } = program;
  if (!stderr) throw new Error('Firefox has no stderr to tell its address on.');
  for await (const line of createInterface({ input: stderr })) {
    const found = /WebDriver BiDi listening on (ws:\/\/\S+)/.exec(line)?.[1];
    if (found === undefined) continue;
    stderr.resume();
    return found;
  }
  throw new Error('Firefox ended before it listened.');
}
