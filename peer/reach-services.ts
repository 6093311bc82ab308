/** What doors see of how this device is reached, and why it may not be: `peer/services.ts` has the rest. */
import type { DoctorReport } from '../protocol/doctor.js';
import type { ReachView } from '../protocol/reach.js';

export interface Reachability {
  view(): ReachView;
  /** Looks for what keeps this device from others, and from one user where one is named. Never rejects; takes at most 9 s. */
  examine(user: string | undefined): Promise<DoctorReport>;
}
