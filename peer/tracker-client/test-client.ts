/** Test support: a client with a real identity, and what it tells, as something to wait for. */
import type { ChannelName, DeviceId, Username } from '../../protocol/ids.js';
import type { TrackerView } from '../../protocol/local-api.js';
import type { ChannelRecord, TrackerEvent } from '../../protocol/tracker-api.js';
import { TempDir } from '../../test/support/temp-dir.js';
import { Identity } from '../identity/identity.js';
import type { Log } from '../services.js';
import { TrackerApi } from './api.js';
import type { TrackerClientOptions } from './options.js';
import { TrackerClient } from './tracker-client.js';

export const quiet: Log = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};

/** Keeps what happened, and resolves once something holds of it. */
export class Story<T> {
  readonly told: T[] = [];
  readonly #waiting = new Set<() => void>();

  tell(what: T): void {
    this.told.push(what);
    for (const look of [...this.#waiting]) look();
  }

  /** The first of what is told from now on (or of what was told last) for which `holds`. */
  until(holds: (what: T) => boolean): Promise<T> {
    const last = this.told.at(-1);
    if (last !== undefined && holds(last)) return Promise.resolve(last);
    return this.next(holds);
  }

  next(holds: (what: T) => boolean = () => true): Promise<T> {
    return new Promise((resolve) => {
      const look = (): void => {
        const last = this.told.at(-1);
        if (last === undefined || !holds(last)) return;
        this.#waiting.delete(look);
        resolve(last);
      };
      this.#waiting.add(look);
    });
  }
}

export interface TestClient {
  readonly client: TrackerClient;
  readonly device: DeviceId;
  readonly identity: Identity;
  readonly views: Story<TrackerView>;
  readonly events: Story<TrackerEvent>;
  readonly issued: { certificate: string; ca: string }[];
  readonly skews: number[];
  /** What the tracker said to the lineage; `copied`: that it has seen a copy of this device. */
  readonly lineage: Story<'continues' | 'diverged' | 'copied'>;
  token: string | undefined;
  /** The CA has said that the key of this device is not taken any more. */
  isEnded: boolean;
  /** Stops it, and removes what it has on the disk. */
  stop(): Promise<void>;
  state(state: TrackerView['state']): Promise<TrackerView>;
  /** The usernames online, once they are these. */
  online(...usernames: string[]): Promise<void>;
}

export async function makeClient(
  urls: readonly string[],
  username: string,
  overrides: Partial<TrackerClientOptions> & { readonly channelsIn?: readonly string[] } = {},
): Promise<TestClient> {
  const folder = new TempDir();
  const identity = await Identity.open({ directory: folder.path, username: username as Username });
  const views = new Story<TrackerView>();
  const events = new Story<TrackerEvent>();
  const issued: TestClient['issued'] = [];
  const skews: TestClient['skews'] = [];
  const lineage: TestClient['lineage'] = new Story();
  const client = new TrackerClient({
    urls,
    username: username as Username,
    device: identity.device,
    identity,
    p2p: () => ({ port: 9101, addresses: [{ host: '10.0.0.7', port: 9101 }] }),
    channels: () => (overrides.channelsIn ?? []) as ChannelName[],
    token: {
      get: () => made.token,
      set: (token) => void (made.token = token),
      end: () => {
        made.token = undefined;
        made.isEnded = true;
      },
    },
    trustsCa: () => true,
    events: {
      tracker: (view) => views.tell(view),
      heard: (event) => events.tell(event),
      certified: async (pair) => {
        await identity.keep(pair);
        issued.push(pair);
      },
      clockSkew: (ms) => void skews.push(ms),
      lineage: (word) => lineage.tell(word),
      copied: () => lineage.tell('copied'),
    },
    clock: { now: () => Date.now() },
    timers: {
      after(ms, work) {
        const timer = setTimeout(work, ms);
        return () => clearTimeout(timer);
      },
    },
    // Little patience: the back-off stays below 0.3 s.
    random: () => 0.01,
    log: quiet,
    ...overrides,
  });
  const names = (): string =>
    client
      .peers()
      .map((peer) => peer.username)
      .sort()
      .join();
  const made: TestClient = {
    client,
    device: identity.device,
    identity,
    stop: async () => {
      await client.stop();
      await folder.remove();
    },
    views,
    events,
    issued,
    skews,
    lineage,
    token: undefined,
    isEnded: false,
    state: (state) => views.until((view) => view.state === state),
    online: async (...usernames) => void (await events.until(() => names() === [...usernames].sort().join())),
  };
  return made;
}

/** As the tracker says when it is asked. */
export function channelsOf({ client }: TestClient): Promise<ChannelRecord[]> {
  return client.ask((session, http) => new TrackerApi(http).channels(session));
}
