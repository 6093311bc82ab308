/** Processes that write to one channel and hear it: Parley's peers or bare sockets, driven and timed alike. */
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';

/** From the benchmark to a process. `run` and `index` count up; a message is `run.index`. */
export type ChannelOrder =
  | {
      readonly order: 'write';
      readonly member: number;
      readonly run: number;
      readonly from: number;
      readonly to: number;
    }
  /** Every member of the process is to hear so many of this run, its writer among them. */
  | { readonly order: 'expect'; readonly run: number; readonly count: number };

/** Times are of the machine's steady clock, which all processes share, in milliseconds. */
export type ChannelReport =
  | { readonly event: 'ready'; readonly port?: number }
  /** From now on it hears those of this run. */
  | { readonly event: 'expecting'; readonly run: number }
  /** When each was handed over. */
  | { readonly event: 'written'; readonly run: number; readonly at: readonly number[] }
  /** When the last member of this process heard each; the processor time since it was told to expect them. */
  | { readonly event: 'heard'; readonly run: number; readonly at: readonly number[]; readonly processorMs: number };

export type Heard = Extract<ChannelReport, { event: 'heard' }>;

/** Until what was written must have come to all. */
const STALLED_MS = 120_000;

export const steadyMs = (): number => Number(process.hrtime.bigint()) / 1e6;

export class ChannelProcess {
  readonly #child: ChildProcess;

  private constructor(
    child: ChildProcess,
    readonly port: number,
  ) {
    this.#child = child;
  }

  static async start(program: string, args: readonly string[]): Promise<ChannelProcess> {
    const child = fork(program, args, { env: { ...process.env, NODE_OPTIONS: '' }, detached: true });
    const { port = 0 } = await next(child, 'ready', undefined);
    return new ChannelProcess(child, port);
  }

  /** @returns when each message was handed over */
  async write(member: number, run: number, from: number, to: number): Promise<readonly number[]> {
    const written = next(this.#child, 'written', run);
    this.#send({ order: 'write', member, run, from, to });
    return (await written).at;
  }

  /** Resolves once it listens, with what it will have heard: what is written before that would be missed. */
  async expect(run: number, count: number): Promise<{ readonly heard: Promise<Heard> }> {
    const heard = next(this.#child, 'heard', run);
    const expecting = next(this.#child, 'expecting', run);
    this.#send({ order: 'expect', run, count });
    await expecting;
    return { heard };
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const exited = once(this.#child, 'exit');
    this.#child.kill('SIGKILL');
    await exited;
  }

  #send(order: ChannelOrder): void {
    this.#child.send(order);
  }
}

type Named<Event> = Extract<ChannelReport, { event: Event }>;

function next<Event extends ChannelReport['event']>(
  child: ChildProcess,
  event: Event,
  run: number | undefined,
): Promise<Named<Event>> {
  return new Promise((resolve, reject) => {
    const end = (settle: () => void): void => {
      clearTimeout(timer);
      child.off('message', hear);
      child.off('exit', over);
      settle();
    };
    const hear = (report: ChannelReport): void => {
      if (report.event !== event || ('run' in report && report.run !== run)) return;
      end(() => resolve(report as Named<Event>));
    };
    const over = (): void => end(() => reject(new Error('a process of the channel has ended early')));
    const stalled = (): void => end(() => reject(new Error(`the channel stands still: no "${event}"`)));
    const timer = setTimeout(stalled, STALLED_MS);
    child.on('message', hear);
    child.on('exit', over);
  });
}

/** What a process hears, counted and timed: made with how many members it has. */
export class Hearing {
  readonly #expected = new Map<number, { count: number; at: number[]; open: number; processor: NodeJS.CpuUsage }>();

  constructor(private readonly members: number) {}

  expect(run: number, count: number): void {
    const processor = process.cpuUsage();
    this.#expected.set(run, { count, at: Array<number>(count).fill(0), open: count * this.members, processor });
    tell({ event: 'expecting', run });
  }

  /** One member has heard it, or written it. */
  heard(run: number, index: number): void {
    const expected = this.#expected.get(run);
    if (!expected) return;
    expected.at[index] = steadyMs();
    if (--expected.open > 0) return;
    this.#expected.delete(run);
    const { user, system } = process.cpuUsage(expected.processor);
    tell({ event: 'heard', run, at: expected.at, processorMs: (user + system) / 1000 });
  }
}

export function tell(report: ChannelReport): void {
  process.send?.(report);
}

export function onOrder(obey: (order: ChannelOrder) => void): void {
  process.on('message', obey);
  process.once('disconnect', () => process.exit());
}
