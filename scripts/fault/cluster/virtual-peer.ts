/** A peer without history and links: the real client of trackers, with a real key, over real sockets. Many fit into one process. */
import { randomBytes } from 'node:crypto';
import { verify } from 'node:crypto';
import type { ChannelName, Username } from '../../../protocol/ids.js';
import type { TrackerView } from '../../../protocol/local-api.js';
import type { TrackerEvent } from '../../../protocol/tracker-api.js';
import { Identity } from '../../../peer/identity/identity.js';
import { Prekeys } from '../../../peer/mailbox/prekeys.js';
import { MailboxApi } from '../../../peer/tracker-client/mailbox-api.js';
import { TrackerClient } from '../../../peer/tracker-client/tracker-client.js';

const quiet = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
/** Nobody listens there: who dials it is refused at once. */
const PORT = 9;

export interface VirtualPeerEvents {
  heard: (event: TrackerEvent) => void;
  changed: (view: TrackerView) => void;
  /** The tracker takes its key no more. */
  ended: () => void;
}

export class VirtualPeer {
  readonly client: TrackerClient;
  readonly mailbox: MailboxApi;
  #token: string | undefined;

  private constructor(
    readonly username: Username,
    readonly identity: Identity,
    readonly prekeys: Prekeys,
    trackers: readonly string[],
    events: VirtualPeerEvents,
  ) {
    this.client = new TrackerClient({
      urls: trackers,
      ...{ username, device: identity.device, identity, random: Math.random, log: quiet },
      p2p: () => ({ port: PORT, addresses: [{ host: '127.0.0.1', port: PORT }] }),
      channels: () => ['general' as ChannelName],
      token: {
        get: () => this.#token,
        set: (token) => void (this.#token = token),
        end: events.ended,
      },
      key: {
        isUsable: () => true,
        certificate: () => identity.certificatePem,
        sign: (bytes) => identity.sign(bytes),
        isOfCa: (bytes, sig) =>
          identity.authority !== undefined &&
          verify(null, bytes, identity.authority.publicKey, Buffer.from(sig, 'base64url')),
      },
      hasPin: () => identity.authority !== undefined,
      trustsCa: (ca) => !identity.isForeign(ca),
      events: {
        tracker: events.changed,
        heard: events.heard,
        certified: (issued) => identity.keep(issued),
        clockSkew: () => undefined,
      },
      clock: { now: Date.now },
      timers: {
        after(ms, work) {
          const timer = setTimeout(work, ms);
          return () => clearTimeout(timer);
        },
      },
    });
    this.mailbox = new MailboxApi((call) => this.client.ask(call), identity.device);
  }

  static async open(
    { username, directory, trackers }: { username: Username; directory: string; trackers: readonly string[] },
    events: VirtualPeerEvents,
  ): Promise<VirtualPeer> {
    const identity = await Identity.open({ directory, username });
    const sign = (bytes: Buffer): Buffer => identity.sign(bytes);
    const prekeys = await Prekeys.open({ directory, username, device: identity.device, sign, random: randomBytes });
    return new VirtualPeer(username, identity, prekeys, trackers, events);
  }

  get isConnected(): boolean {
    return this.client.view().state === 'connected';
  }
}
