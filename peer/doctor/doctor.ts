/** The doctor: all checks of one patient, as a tree. */
import type { DoctorReport } from '../../protocol/doctor.js';
import { accountChecks } from './account.js';
import { examine, type ExamineOptions } from './examine.js';
import { networkChecks } from './network.js';
import { placeOf, type Patient } from './patient.js';
import { reachChecks } from './reach.js';
import { trackerChecks } from './tracker.js';

/** Never rejects; within `LIMIT_MS`. */
export function diagnose(patient: Patient, options: ExamineOptions): Promise<DoctorReport> {
  const place = placeOf(patient.tracker);
  let addresses: readonly string[] = [];
  const checks = [
    ...networkChecks(patient, place, (found) => (addresses = found)),
    ...trackerChecks(patient, place, () => addresses),
    ...accountChecks(patient, place),
    ...reachChecks(patient, place),
  ];
  return examine(checks, options);
}
