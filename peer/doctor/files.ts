/** The doctor without a daemon: it reads what one has left on the disk, and asks the tracker itself. Writes nothing. */
import { join } from 'node:path';
import Type from 'typebox';
import { Compile } from 'typebox/compile';
import type { DoctorReport } from '../../protocol/doctor.js';
import { readIfThere } from '../identity/files.js';
import { systemInterfaces } from '../reach/network.js';
import { diagnose } from './doctor.js';
import { LIMIT_MS, type ExamineOptions } from './examine.js';

export interface Files {
  readonly dataDir: string;
  readonly trackers: readonly string[];
  readonly trackerCa?: string | undefined;
  readonly invitedCa?: string | undefined;
  /** A daemon runs, and nobody is signed in there. */
  readonly isRunning?: boolean;
  /** A daemon runs, but has not answered for so long; resolves when it does. */
  readonly hanging?: { readonly ms: number; readonly answers: Promise<unknown> };
  readonly progress?: ExamineOptions['progress'];
}

/** Of settings.json and secrets.json, as far as it is used here. Whatever else stands there, or is broken, does not matter. */
const pinned = Compile(Type.Object({ pins: Type.Object({ ca: Type.String() }) }));
const signedIn = Compile(Type.Object({ trackerToken: Type.String({ pattern: '^[\\x21-\\x7e]{1,512}$' }) }));

const signedOut = Compile(Type.Object({ signedOut: Type.Literal(true) }));

const timers = { setTimeout, clearTimeout: (timer: unknown) => clearTimeout(timer as NodeJS.Timeout) };

/** Never rejects for what is on the disk. */
export async function diagnoseFiles({
  dataDir,
  trackers,
  trackerCa,
  invitedCa,
  isRunning = false,
  hanging,
  progress,
}: Files): Promise<DoctorReport> {
  const [settings, secrets] = await Promise.all([
    readJson(join(dataDir, 'settings.json')),
    readJson(join(dataDir, 'secrets.json')),
  ]);
  const [tracker = ''] = trackers;
  const patient = {
    ...{ tracker, trackerCa, isRevoked: false, interfaces: systemInterfaces, now: () => Date.now() },
    pin: pinned.Check(settings) ? settings.pins.ca : invitedCa,
    // A daemon signs in by the key of the device, unless a person has signed it out.
    maySignIn: !isRunning && !signedOut.Check(secrets),
    token: signedIn.Check(secrets) ? secrets.trackerToken : undefined,
    p2p: undefined,
    answers: isRunning ? Promise.resolve() : hanging?.answers,
  };
  const limitMs = LIMIT_MS - (hanging?.ms ?? 0);
  return diagnose(patient, { timers, steady: () => performance.now(), limitMs, progress });
}

async function readJson(file: string): Promise<unknown> {
  try {
    return JSON.parse((await readIfThere(file)) ?? '') as unknown;
  } catch {
    return undefined;
  }
}
