/**
 * One user's peer: everything but the doors. A class without globals: a process may host many. It is there before the user has
 * ever signed in, as a device that has no certificate and no history; once its tracker certifies it, all the rest is made.
 */
import { LocalAccount } from './core/account.js';
import { Certification } from './core/certification.js';
import { closeCore, openCore, startCore, type Core } from './core/core.js';
import { openDevice, type Device, type WhyOver } from './core/device.js';
import { subscribe } from './core/subscriptions.js';
import { certifiedServices, peerServices, uncertifiedServices, type CertifiedServices } from './core/services.js';
import { bindHost } from './core/addresses.js';
import { HookBook } from './hooks/book.js';
import { OutgoingHooks } from './hooks/outgoing.js';
import type { PeerConfig } from './config.js';
import type { PeerServices, Log } from './services.js';
import type { Document } from './settings/document.js';
import { caFingerprint } from './settings/pins.js';
import type { Secrets } from './settings/secrets.js';
import type { Settings } from './settings/settings.js';
import { acceptTracker } from './setup/accept.js';

export type { WhyOver } from './core/device.js';

export class Peer {
  readonly services: PeerServices;
  private readonly certification = new Certification();
  /** Undefined until this device is certified. Nothing else is made late. */
  private core: Core | undefined;
  private behind: CertifiedServices;
  private closing = false;
  private isReopening = false;
  private readonly hooks: OutgoingHooks;

  /**
   * @param over now or later: close this peer and open it anew
   * @throws as `openDevice`
   */
  static async open(config: PeerConfig, log: Log, over: (why: WhyOver) => void = () => undefined): Promise<Peer> {
    const device = await openDevice(config, log, over);
    try {
      return new Peer(device);
    } catch (error) {
      device.store.close();
      throw error;
    }
  }

  private constructor(private readonly device: Device) {
    this.behind = uncertifiedServices(device);
    const { secrets, clock, filter } = device;
    const mayBeLocal = device.config.entrance === undefined;
    const book = new HookBook({ secrets, clock, mayBeLocal, place: () => filter.arrived(undefined, 1).place });
    this.services = peerServices(device, this.account(), book, () => this.behind);
    this.hooks = new OutgoingHooks({ services: this.services, book });
    device.internal.on('certified', () => this.certified());
    device.events.on('preferences', ({ relayOnly }) => void this.reachChosen(relayOnly === true));
    if (device.identity.certificate) this.begin();
  }

  get settings(): Document<Settings> {
    return this.device.settings;
  }

  get secrets(): Document<Secrets> {
    return this.device.secrets;
  }

  /** Whether this CA (its fingerprint) was pinned in an earlier era. */
  formerly(ca: string): boolean {
    return this.device.identity.formers.some((former) => caFingerprint(former.ca) === ca);
  }

  /** Opens the P2P port. @throws the system's error when it is in use */
  async listen(): Promise<void> {
    const { config, links, relayOnly } = this.device;
    await links.listen({ host: bindHost(config.host, config.trackers, relayOnly), port: config.peerPort });
  }

  /** Begins to look for the tracker and for the others. */
  connect(): void {
    const { continuity, clocks, mapping, tracker } = this.device;
    continuity.start();
    clocks.start();
    mapping.anew();
    tracker.start();
    this.core?.connections.look();
    this.hooks.start();
  }

  /** Resolves when the tracker has said whether this is a copy, or is not to be asked now. */
  firstWord(): Promise<void> {
    const { continuity, events, tracker } = this.device;
    return continuity.firstWord(events, tracker.view());
  }

  async close(): Promise<void> {
    if (this.closing) return;
    this.closing = true;
    const { continuity, clocks, tracker, reach, mapping, links, personal, settings, secrets, store, blobs, log } =
      this.device;
    await this.hooks.stop();
    continuity.stop();
    clocks.stop();
    reach.stop();
    // The router answers meanwhile, or not.
    const unmapped = mapping.stop();
    await this.core?.connections.stopLooking();
    await this.core?.mail.finish();
    await continuity.farewell(tracker);
    await tracker.stop();
    await this.core?.mail.close();
    await this.core?.mover.close();
    await unmapped;
    await links.close();
    await this.core?.files.close();
    await blobs.close();
    if (this.core) closeCore(this.core);
    personal.close();
    const flushed = await Promise.allSettled([settings.flush(), secrets.flush()]);
    for (const { status, ...why } of flushed) if (status === 'rejected') log.error(why, 'settings were not saved');
    store.close();
  }

  /** The tracker has certified this device, now or in an earlier life: there is a history to read and to write. */
  private begin(): void {
    const core = openCore(this.device);
    subscribe(this.device, core);
    startCore(this.device, core);
    this.core = core;
    this.behind = certifiedServices(this.device, core);
    this.certification.finish();
  }

  /** For the first time, or anew. */
  private certified(): void {
    if (this.closing) return;
    if (!this.core) this.begin();
    else {
      const { certificatePem } = this.device.identity;
      if (certificatePem !== undefined) this.core.certificates.add(certificatePem);
      // Others are given it before our next entries.
      this.core.mesh.certificateRenewed();
    }
    this.core?.connections.look();
  }

  /** What was told, and who was let in, cannot be taken back one by one: the peer begins anew, where the user wants it otherwise. */
  private async reachChosen(relayOnly: boolean): Promise<void> {
    const { over, settings, log } = this.device;
    if (this.isReopening || relayOnly === this.device.relayOnly) return;
    this.isReopening = true;
    try {
      await settings.flush();
      setImmediate(() => over('reach')); // After the answer.
    } catch (err) {
      this.isReopening = false;
      log.error({ err }, 'settings were not saved');
      // Nobody is to think that they are hidden who are not.
      this.services.preferences.set({ relayOnly: this.device.relayOnly });
    }
  }

  private account(): LocalAccount {
    const { config, settings, secrets, clock, identity, tracker, over } = this.device;
    return new LocalAccount({
      ...{ identity, secrets, tracker, certification: this.certification },
      accept: async (ca, password, register) => {
        await acceptTracker({ config, settings, secrets, clock, identity }, { ca, password, register });
        setImmediate(() => over('tracker')); // After the answer.
      },
    });
  }
}
