/** The doctor in the daemon: it looks at the parts of this device itself, and at the tracker as a stranger would. */
import type { DoctorReport } from '../../protocol/doctor.js';
import type { Username } from '../../protocol/ids.js';
import type { PersonView } from '../../protocol/local-api.js';
import type { Reach } from '../../protocol/reach.js';
import { diagnose } from '../doctor/doctor.js';
import type { Other, Patient } from '../doctor/patient.js';
import { systemInterfaces } from '../reach/network.js';
import type { People } from '../services.js';
import type { Device } from './device.js';

const timers = { setTimeout, clearTimeout: (timer: unknown) => clearTimeout(timer as NodeJS.Timeout) };

/** Looked up by whoever asks; at most one examination of a user at a time, which all that ask meanwhile share. */
export class Doctor {
  readonly #running = new Map<string, Promise<DoctorReport>>();

  constructor(
    private readonly device: Device,
    private readonly people: () => Pick<People, 'list' | 'person' | 'hides'>,
  ) {}

  /** Never rejects. @param user about whom it is asked besides */
  examine(user: string | undefined): Promise<DoctorReport> {
    const key = user?.toLowerCase() ?? '';
    const running = this.#running.get(key);
    if (running) return running;
    const about = user === undefined ? {} : { user };
    const report = diagnose(this.#patient(user), {
      ...{ timers, steady: () => performance.now() },
      progress: (checks) => void this.device.events.emit('doctor', { ...about, checks }),
    });
    this.#running.set(key, report);
    void report.finally(() => this.#running.delete(key));
    return report;
  }

  #patient(user: string | undefined): Patient {
    const { config, identity, secrets, settings, tracker, links, reach, relayOnly, revocations, clock } = this.device;
    const name = user as Username | undefined;
    // Whom the user blocks is nobody here.
    const person = name === undefined || this.people().hides(name) ? undefined : this.people().person(name);
    return {
      tracker: tracker.view().url || (config.trackers[0] ?? ''),
      trackerCa: config.trackerCa,
      pin: settings.data.pins.ca,
      token: secrets.data.trackerToken,
      maySignIn: false,
      isRevoked: revocations.has(identity.device),
      refused: tracker.view().code,
      interfaces: systemInterfaces,
      now: () => clock.now(),
      p2p: links.address,
      hidesAddress: relayOnly,
      relay: this.people()
        .list()
        .map(({ pathWhy }) => pathWhy?.relay)
        .find((said) => said === 'relay_off' || said === 'relay_full'),
      // The port of a gateway is for whoever runs it to see to.
      ...(config.entrance === undefined && { reach: () => reach.examine() }),
      ...(user !== undefined && { other: standing(person, reach.reach) }),
    };
  }
}

function standing(person: PersonView | undefined, own: Reach | undefined): Other {
  if (!person) return 'unknown';
  if (person.link === 'connecting') return person.pathWhy?.relay ?? 'not_linked';
  if (person.link === 'none') return person.presence === 'offline' ? 'away' : 'without_peer';
  if (person.path !== 'relayed') return 'linked';
  const code = person.pathWhy?.code;
  if (code === 'address_hidden' || code === 'hides_address') return code;
  return own === 'open' ? 'shut_in' : 'relayed';
}
