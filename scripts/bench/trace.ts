/** The way of one message: when it passes what, in both processes of Parley's chain and of the one with the same duties. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { median, type Benchmark, type Settings } from './benchmark.js';
import { openDutiesChain, type Env, type OpenChain } from './limit-chains.js';
import { summary, type Marked, type TraceStart } from './marks.js';
import { openParleyChain } from './parley-chain.js';
import { aligned } from './report.js';

/** Between two messages, so that the acknowledgement of one does not fall into the next. */
const GAP_MS = 5;

const SIDES = { near: 'window', far: 'link' } as const satisfies Record<string, TraceStart>;
const TITLES = {
  near: 'sender: since the frame came from the window',
  far: 'receiver: since the bytes came over the link',
};

export const trace: Benchmark = {
  name: 'trace',
  about: 'the way of one message, one at a time: median times in both processes, beside the chain with the same duties',
  onlyByName: true,
  run: async (settings) => {
    const parley = await traced(settings, 'parley', (env) => openParleyChain(settings.folder, env));
    const duties = await traced(settings, 'duties', (env) => openDutiesChain(settings.folder, env));
    for (const side of ['near', 'far'] as const) {
      const limit = new Map(duties[side]);
      const lines = parley[side].map(([what, at]) => [what, at.toFixed(0), limit.get(what)?.toFixed(0) ?? '–']);
      settings.print(aligned([[TITLES[side], 'Parley, µs', 'same duties, µs'], ...lines]));
    }
    return [];
  },
};

type Sides = Record<keyof typeof SIDES, Marked[]>;

async function traced(
  { folder, quick, rounds, progress }: Settings,
  name: string,
  open: (env: Env) => Promise<OpenChain>,
): Promise<Sides> {
  const file = (side: keyof typeof SIDES): string => join(folder, `trace-${name}-${side}.json`);
  const { chain, close } = await open((side) => ({
    NODE_OPTIONS: `--import=${new URL('trace-probe.js', import.meta.url).href}`,
    TRACE_FROM: SIDES[side],
    TRACE_FILE: file(side),
  }));
  const count = quick ? 200 : 400 * rounds;
  await chain.throughput(quick ? 2_000 : 20_000, 2_000);
  await chain.latencies(quick ? 200 : 1_000);
  const times = await chain.latencies(count, GAP_MS);
  await close();
  progress(`${name}: ${count} messages, p50 ${median(times).toFixed(0)} µs from window to window, with the marks`);
  const read = async (side: keyof typeof SIDES): Promise<Marked[]> =>
    summary((JSON.parse(await readFile(file(side), 'utf8')) as Marked[][]).slice(-count));
  return { near: await read('near'), far: await read('far') };
}
