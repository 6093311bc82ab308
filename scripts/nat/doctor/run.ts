/** The doctor is shown each fault, several times, and nothing wrong at all: what it says first, and how long it takes. */
import { mkdir } from 'node:fs/promises';
import type { DoctorCode } from '../../../protocol/doctor.js';
import type { Lab } from '../lab.js';
import { Box } from './box.js';
import { FAULTS, HEALTHY, type FaultCase } from './faults.js';
import { upnpMissing } from './upnp-router.js';

export interface DoctorRunOptions {
  readonly lab: Lab;
  readonly folder: string;
  readonly programs: { readonly daemon: string; readonly middlemen: string; readonly ask: string };
  /** Codes; empty: all. */
  readonly only: readonly string[];
  /** How often each fault is made, and how often there is none. */
  readonly rounds: number;
  readonly healthy: number;
  readonly say: (line: string) => void;
}

export interface Diagnosis {
  readonly code: DoctorCode | undefined;
  readonly name: string;
  /** What the doctor named first; undefined: nothing. */
  readonly found: DoctorCode | undefined;
  /** All that it named; where that is wrong also what it could not look at. */
  readonly all: readonly string[];
  readonly isRight: boolean;
  /** From the start of the program to its end. */
  readonly ms: number;
}

export interface DoctorJudgement {
  readonly right: number;
  readonly of: number;
  readonly healthy: { readonly right: number; readonly of: number };
  readonly slowestMs: number;
  readonly notRun: readonly string[];
  readonly faults: readonly string[];
}

/** Milliseconds; of sixty. */
const BARS = { ms: 10_000, share: 57 / 60 };
/** From an address that is for documentation miniupnpd forwards nothing. */
const PUBLIC = '45.83.10';
/** Side by side. */
const AT_ONCE = 2;

export async function runDoctor(options: DoctorRunOptions): Promise<{ all: Diagnosis[]; notRun: string[] }> {
  const { only, rounds, healthy, say, folder } = options;
  await mkdir(folder, { recursive: true });
  const box = await Box.open(options);
  const missing = upnpMissing();
  const wanted = FAULTS.filter(({ code = '' }) => only.length === 0 || only.includes(code));
  const isHere = (fault: FaultCase): boolean => missing === undefined || fault.needsUpnp !== true;
  const notRun =
    missing === undefined ? [] : [...wanted, ...HEALTHY].filter((fault) => !isHere(fault)).map(({ name }) => name);
  if (notRun.length > 0) say(`NOT RUN, since ${missing}: ${notRun.join(', ')}`);
  const well = HEALTHY.filter(isHere);
  const jobs = [
    ...wanted.filter(isHere).flatMap((fault) => Array.from({ length: rounds }, (_, round) => ({ fault, round }))),
    ...Array.from({ length: healthy }, (_, round) => ({ fault: well[round % well.length], round })),
  ];
  const all: Diagnosis[] = [];
  let next = 0;
  const work = async (): Promise<void> => {
    for (let at = next++; at < jobs.length; at = next++) {
      const { fault, round } = jobs[at] ?? {};
      if (!fault || round === undefined) continue;
      const found = await diagnosed(box, options, fault, round, `p${at}`);
      all.push(found);
      const mark = found.isRight ? 'right' : `WRONG, it says ${found.all.join(', ') || 'nothing'}`;
      say(
        `${(found.code ?? 'healthy').padEnd(17)} ${(found.ms / 1000).toFixed(1).padStart(5)} s  ${mark}  (${found.name})`,
      );
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  await box.close();
  return { all, notRun };
}

async function diagnosed(
  box: Box,
  { lab }: DoctorRunOptions,
  fault: FaultCase,
  round: number,
  name: string,
): Promise<Diagnosis> {
  const { code } = fault;
  const home = await lab.home(name, fault.kind, PUBLIC);
  const stage = await box.stage(home, fault.nameServer);
  await fault.before?.(box, stage, round);
  const peer = await box.peer(stage, fault.args?.(round) ?? [], fault.tracker?.(round));
  if (!fault.tracker) await box.command(stage, 'channel.join', { channel: '#general' });
  await fault.after?.(box, stage, round);
  const { report, ms, said } = await box.doctor(stage);
  await box.stop(peer);
  const all = report ? report.faults : [`no report: ${said.slice(0, 300)}`];
  const found = report?.faults[0];
  const skipped = (report?.checks ?? []).filter(({ state }) => state === 'skipped').map(({ check }) => check);
  // Where nothing is wrong all has to be looked at: else it would be no wonder.
  const isRight = report !== undefined && found === code && (code !== undefined || skipped.length === 0);
  return { code, name: fault.name, found, all: isRight ? all : [...all, ...skipped], isRight, ms };
}

export function judgeDoctor({
  all,
  notRun,
}: {
  all: readonly Diagnosis[];
  notRun: readonly string[];
}): DoctorJudgement {
  const [ill, well] = [all.filter(({ code }) => code !== undefined), all.filter(({ code }) => code === undefined)];
  const right = (some: readonly Diagnosis[]): number => some.filter(({ isRight }) => isRight).length;
  const slowestMs = Math.round(Math.max(0, ...all.map(({ ms }) => ms)));
  const facts = {
    right: right(ill),
    of: ill.length,
    healthy: { right: right(well), of: well.length },
    slowestMs,
    notRun,
  };
  const faults: string[] = [];
  if (facts.right < BARS.share * facts.of)
    faults.push(`${facts.of - facts.right} of ${facts.of} causes were not named first`);
  if (facts.healthy.right < facts.healthy.of) faults.push('something was called wrong where nothing is');
  if (slowestMs > BARS.ms) faults.push(`one took ${slowestMs} ms`);
  return { ...facts, faults };
}

/** A line a fault: how often it was named first, how long it took, and what was said instead. */
export function doctorTable(all: readonly Diagnosis[]): string {
  const names = [...new Set(all.map(({ code, name }) => `${code ?? 'healthy'}\t${name}`))];
  return names
    .map((key) => {
      const [code = '', name = ''] = key.split('\t');
      const some = all.filter((one) => (one.code ?? 'healthy') === code && one.name === name);
      const slowest = Math.max(...some.map(({ ms }) => ms)) / 1000;
      const wrong = [
        ...new Set(some.flatMap(({ isRight, all: said }) => (isRight ? [] : [said.join('+') || 'nothing']))),
      ];
      const score = `${some.filter(({ isRight }) => isRight).length} of ${some.length}`;
      return `${code.padEnd(17)} ${score}  ${slowest.toFixed(1).padStart(5)} s  ${name}${wrong.length > 0 ? `; said: ${wrong.join('; ')}` : ''}`;
    })
    .join('\n');
}
