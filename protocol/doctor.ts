/** What the doctor finds: why this device is not connected as it could be, and what to do (SPEC.md section 8, `doctor.run`). */
import Type, { type Static } from 'typebox';
import { doctorSteps, doctorTexts, type DoctorCheckName } from './doctor-texts.js';

export type { DoctorCheckName };

export type DoctorCode = keyof typeof doctorTexts;
export const doctorCodes = Object.keys(doctorTexts) as DoctorCode[];

const checkNames = Object.keys(doctorSteps) as DoctorCheckName[];

const Args = Type.Record(Type.String(), Type.Union([Type.String(), Type.Integer()]));
export type DoctorArgs = Static<typeof Args>;

/** One check. `skipped`: what it builds on has failed, or it could not be told in time; a fault has a code, and its sentence. */
export const DoctorCheck = Type.Object({
  check: Type.Enum(checkNames),
  state: Type.Enum(['ok', 'fault', 'skipped']),
  code: Type.Optional(Type.Enum(doctorCodes)),
  args: Type.Optional(Args),
  text: Type.Optional(Type.String()),
});
export type DoctorCheck = Static<typeof DoctorCheck>;

/** `faults`: the codes, that of the cause that lies deepest first. `ms`: how long it took. */
export interface DoctorReport {
  readonly checks: readonly DoctorCheck[];
  readonly faults: readonly DoctorCode[];
  readonly ms: number;
}

/** How one check stands while all of them run. */
export type DoctorStep = DoctorCheck | { readonly check: DoctorCheckName; readonly state: 'waiting' | 'running' };

/** One examination that is under way: each of its checks, in their order. `user`: about whom it is asked besides. */
export interface DoctorProgress {
  readonly user?: string;
  readonly checks: readonly DoctorStep[];
}

/** The sentence for people, with what to do. */
export function doctorText(code: DoctorCode, args: DoctorArgs = {}): string {
  return doctorTexts[code].replace(/\{\{(\w+)\}\}/g, (_, name: string) => String(args[name] ?? '…'));
}
