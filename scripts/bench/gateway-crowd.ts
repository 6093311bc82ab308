/** The processes of clients in the benchmark of a gateway (`limits/line-clients.ts`), and what is said between them and it. */
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { limitProgram } from './limit-programs.js';

/** All clients write `each` messages, one every `gapMs`. `run` tells the messages of one order from those of another. */
export interface CrowdOrder {
  readonly each: number;
  readonly gapMs: number;
  readonly run: number;
}

export interface Written {
  /** Messages, times those who are to hear them, their writers among them. */
  readonly expected: number;
  readonly delivered: number;
  readonly doubled: number;
  /** After a later one of the same writer. */
  readonly disordered: number;
  /** Of each message that reached everybody: from when it was written to when the last one heard it. Milliseconds. */
  readonly times: readonly number[];
}

export type CrowdReport =
  | { readonly event: 'ready' }
  | { readonly event: 'closed'; readonly why: string }
  | (Written & { readonly event: 'written' });

export class Crowd {
  /** Clients that the gateway has closed: there must be none. */
  readonly closed: string[] = [];
  readonly #child: ChildProcess;
  readonly #waiting = new Set<(report: CrowdReport) => void>();

  private constructor(args: readonly string[]) {
    this.#child = fork(limitProgram('line-clients'), args, {
      env: { ...process.env, NODE_OPTIONS: '' },
      detached: true,
    });
    this.#child.on('message', (report: CrowdReport) => {
      if (report.event === 'closed') this.closed.push(report.why);
      for (const hear of [...this.#waiting]) hear(report);
    });
  }

  /** `count` users, spread over so many channels; one channel is #general. Resolves once all have registered. */
  static async clients(port: number, count: number, channels: number): Promise<Crowd> {
    const crowd = new Crowd(['clients', String(port), String(count), String(channels)]);
    await crowd.#next('ready');
    return crowd;
  }

  static async noise(port: number): Promise<Crowd> {
    const crowd = new Crowd(['noise', String(port)]);
    await crowd.#next('ready');
    return crowd;
  }

  async write(order: CrowdOrder): Promise<Written> {
    const written = this.#next('written');
    this.#child.send(order);
    return written;
  }

  async close(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const exited = once(this.#child, 'exit');
    this.#child.kill('SIGKILL');
    await exited;
  }

  #next<Event extends CrowdReport['event']>(event: Event): Promise<Extract<CrowdReport, { event: Event }>> {
    return new Promise((resolve, reject) => {
      const over = (): void => reject(new Error('the process of clients has ended early'));
      const hear = (report: CrowdReport): void => {
        if (report.event !== event) return;
        this.#waiting.delete(hear);
        this.#child.off('exit', over);
        resolve(report as Extract<CrowdReport, { event: Event }>);
      };
      this.#waiting.add(hear);
      this.#child.once('exit', over);
    });
  }
}
