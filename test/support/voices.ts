/**
 * People in one channel, each by a program that nobody of this project wrote (nc, irssi, Chromium, python3-grpcio, curl), or by the commands of the
 * terminal: what they say, and all that they have been shown, as it was shown.
 */
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { Browser, Page } from 'playwright-core';
import { PATIENCE_MS } from './browser.js';
import { curl } from './programs.js';

const run = promisify(execFile);

/** What is said in these tests: nothing else that a program shows looks like it. */
const SAID = /\b[a-z]+ \d+ by [a-z]+\b/g;

export interface Voice {
  readonly name: string;
  say(text: string): Promise<void> | void;
  /** In the order in which it was shown. Absent: it only speaks. */
  heard?(): Promise<string[]>;
  close(): Promise<void>;
}

export const saidIn = (shown: string): string[] => shown.match(SAID) ?? [];

/** A screen or a file has no event to wait for. @throws with what it shows instead, when it takes longer than anybody would wait */
export async function shows(look: () => Promise<string> | string, what: RegExp, withinMs = 60_000): Promise<void> {
  const deadline = Date.now() + withinMs;
  for (;;) {
    const shown = await look();
    if (what.test(shown)) return;
    if (Date.now() > deadline) throw new Error(`${String(what)} was not shown, but: ${shown.slice(-2000)}`);
    await pause(50);
  }
}

/** A program with pipes: what it has written. */
export class Piped {
  shown = '';
  readonly child: ChildProcess;

  constructor(command: string, args: readonly string[], env: NodeJS.ProcessEnv = process.env) {
    this.child = spawn(command, args, { env, stdio: ['pipe', 'pipe', 'inherit'] });
    this.child.stdout?.on('data', (part) => (this.shown += String(part)));
    this.child.stdin?.on('error', () => undefined); // It has ended.
  }

  write(line: string): void {
    this.child.stdin?.write(`${line}\n`);
  }

  shows(what: RegExp): Promise<void> {
    return shows(() => this.shown, what);
  }

  async end(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const exited = once(this.child, 'exit');
    this.child.kill('SIGKILL');
    await exited;
  }
}

/** Debian's netcat, on the port of lines. */
export async function netcat(port: number, name: string, password: string): Promise<Voice & { readonly nc: Piped }> {
  const nc = new Piped('nc', ['127.0.0.1', String(port)]);
  nc.write(`/register ${name} ${password}`);
  await nc.shows(/"registered"/);
  return { name, nc, say: (text) => nc.write(text), heard: async () => saidIn(nc.shown), close: () => nc.end() };
}

/** Programs with a screen, in one tmux server. */
export class Screens {
  readonly #socket = `parley-voices-${process.pid}`;

  tmux(...args: readonly string[]): Promise<{ stdout: string }> {
    return run('tmux', ['-u', '-L', this.#socket, ...args]);
  }

  open(name: string, columns: number, rows: number, program: string): Promise<unknown> {
    return this.tmux('new-session', '-d', '-x', String(columns), '-y', String(rows), '-s', name, program);
  }

  async type(name: string, text: string): Promise<void> {
    await this.tmux('send-keys', '-t', name, '-l', text);
    await this.tmux('send-keys', '-t', name, 'Enter');
  }

  async of(name: string): Promise<string> {
    return (await this.tmux('capture-pane', '-p', '-J', '-t', name)).stdout;
  }

  shows(name: string, what: RegExp): Promise<void> {
    return shows(() => this.of(name), what);
  }

  async close(): Promise<void> {
    await this.tmux('kill-server').catch(() => undefined);
  }
}

/** irssi over TLS; it connects again by itself. What it shows is read from its own log of the channel. */
export async function irssi(
  screens: Screens,
  { port, name, password, home }: { port: number; name: string; password: string; home: string },
): Promise<Voice & { connections(): Promise<string[][]> }> {
  await mkdir(home, { recursive: true });
  const program = `env TERM=xterm LANG=C.UTF-8 HOME=${home} irssi --home=${home} -n ${name}`;
  await screens.open('irssi', 120, 50, program);
  await screens.shows('irssi', /\[\(status\)\]/);
  await screens.type('irssi', `/set autolog_path ${join(home, '$0.log')}`);
  await screens.type('irssi', '/set autolog_level ALL');
  await screens.type('irssi', '/set autolog on');
  await screens.type('irssi', '/set server_reconnect_time 10');
  await screens.type('irssi', `/connect -tls -notls_verify 127.0.0.1 ${port} "${password}" ${name}`);
  await screens.shows('irssi', /Welcome to Parley/);
  await screens.type('irssi', '/window goto #general');
  await screens.shows('irssi', /\[#general\]/);
  const log = (): Promise<string> => readFile(join(home, '#general.log'), 'utf8').catch(() => '');
  return {
    ...{ name, say: (text) => screens.type('irssi', text), heard: async () => saidIn(await log()) },
    /** What was shown in each of its connections. */
    connections: async () =>
      (await log())
        .split(new RegExp(`-!- ${name} \\[.*has joined`))
        .slice(1)
        .map(saidIn),
    close: () => Promise.resolve(),
  };
}

/** Chromium at the width of a phone, on the gateway's own page. */
export async function phone(
  browser: Browser,
  url: string,
  name: string,
  password: string,
): Promise<Voice & { page: Page }> {
  const viewport = { width: 390, height: 844 };
  const context = await browser.newContext({ viewport, locale: 'en-GB', hasTouch: true, ignoreHTTPSErrors: true });
  context.setDefaultTimeout(3 * PATIENCE_MS);
  const page = await context.newPage();
  await page.goto(url);
  await page.getByRole('link', { name: 'No account yet? Make one' }).click();
  await page.getByLabel('Name').fill(name);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Make an account' }).click();
  await page.getByRole('navigation', { name: 'Conversations' }).waitFor();
  await page.goto(`${url}#/c/general`);
  const composer = page.getByRole('textbox', { name: 'Message to #general' });
  await composer.waitFor();
  const timeline = page.getByRole('region', { name: 'Messages in #general' });
  return {
    ...{ name, page },
    say: async (text) => {
      await composer.fill(text);
      await page.getByRole('button', { name: 'Send', exact: true }).click();
    },
    heard: async () => {
      // Rows far out of view are not in the document: a phone that is as high as all of them has all.
      await page.setViewportSize({ ...viewport, height: 12_000 });
      const texts = saidIn((await timeline.getByRole('paragraph').allTextContents()).join('\n'));
      await page.setViewportSize(viewport);
      return texts;
    },
    close: () => context.close(),
  };
}

/** python3-grpcio, with code that Debian's protoc makes from the .proto in `protos`. */
export async function grpcPython(facts: {
  readonly name: string;
  readonly port: number;
  readonly token: string;
  readonly certificate: string;
  readonly protos: string;
  readonly script: string;
  readonly code: string;
}): Promise<Voice & { readonly events: () => { event: string; text?: string }[] }> {
  const { name, port, token, certificate, protos, script, code } = facts;
  await mkdir(code, { recursive: true });
  const plugin = '--plugin=protoc-gen-grpc=/usr/bin/grpc_python_plugin';
  await run('protoc', ['-I', protos, `--python_out=${code}`, `--grpc_out=${code}`, plugin, 'parley.proto']);
  const python = new Piped('/usr/bin/python3', [script, code, String(port), token, certificate]);
  await python.shows(/"listening"/);
  const events = (): { event: string; text?: string }[] =>
    python.shown
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line) as { event: string; text?: string });
  const heard = async (): Promise<string[]> =>
    events().flatMap(({ event, text }) => (event === 'heard' && text !== undefined ? [text] : []));
  return { name, say: (text) => python.write(text), heard, events, close: () => python.end() };
}

/** A program that knows nothing but the address of a webhook. @returns whether it was answered with "ok" */
export function webhook(url: string, name: string): Voice & { post(text: string): Promise<boolean> } {
  const post = async (text: string): Promise<boolean> => {
    const answer = await curl('-d', JSON.stringify({ text, username: 'CI' }), url).catch(() => undefined);
    return answer?.status === 200 && answer.body === 'ok';
  };
  const say = async (text: string): Promise<void> => {
    if (!(await post(text))) throw new Error(`the webhook did not take "${text}"`);
  };
  return { name, post, say, close: () => Promise.resolve() };
}

/** `parley send` and `parley tail` at a daemon, each with pipes. `parley`: how to start it. */
export function parleyPipes(parley: readonly string[], dataDir: string): Voice & { readonly sent: () => string[] } {
  const [command = '', ...first] = parley;
  const env = { ...process.env, NODE_OPTIONS: '' };
  const piped = (...args: string[]): Piped => new Piped(command, [...first, ...args, '--data-dir', dataDir], env);
  // What is said before it has begun to follow is told as what was there already.
  const tail = piped('tail', '#general', '--limit', '50', '--json');
  const send = piped('send', '#general', '--json');
  return {
    ...{ name: 'tail', say: (text) => send.write(text), heard: async () => saidIn(tail.shown) },
    /** Durable at the daemon, by its word. */
    sent: () => saidIn(send.shown),
    close: async () => void (await Promise.all([tail.end(), send.end()])),
  };
}

/** `parley chat` on a screen as high as all that is said, which is then all of it. */
export async function parleyChat(screens: Screens, parley: readonly string[], dataDir: string): Promise<Voice> {
  await screens.open('chat', 140, 250, `env LANG=C.UTF-8 NODE_OPTIONS= ${parley.join(' ')} chat --data-dir ${dataDir}`);
  await screens.shows('chat', /#general/);
  return {
    ...{ name: 'chat', say: (text) => screens.type('chat', text), close: () => Promise.resolve() },
    heard: async () => saidIn(await screens.of('chat')),
  };
}
