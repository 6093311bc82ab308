/** How present users say that they are (`status`, SPEC.md section 4): told on each new link and when it changes. */
import { userKey, type DeviceId, type UserKey, type Username } from '../../protocol/ids.js';
import type { Status as StatusMessage } from '../../protocol/link-messages.js';

export type Status = StatusMessage['status'];

export interface StatusLink {
  readonly id: number;
  readonly remote: { readonly username: Username; readonly device: DeviceId };
  send(message: StatusMessage): void;
}

export interface StatusOptions {
  readonly own: () => Status;
  readonly blocked: (user: UserKey) => boolean;
  readonly links: () => Iterable<StatusLink>;
  readonly heard: (device: DeviceId, status: Status) => void;
  readonly timers: { setTimeout(run: () => void, ms: number): unknown; clearTimeout(timer: unknown): void };
}

/** Of one link, a change is passed on at most so often; what comes between becomes one. */
const REST_MS = 1_000;

interface Rest {
  readonly timer: unknown;
  latest: Status | undefined;
}

export class Statuses {
  private readonly told = new Map<number, Status>();
  private readonly resting = new Map<number, Rest>();

  constructor(private readonly options: StatusOptions) {}

  up(link: StatusLink): void {
    this.tell(link);
  }

  down({ id }: { id: number }): void {
    this.told.delete(id);
    this.options.timers.clearTimeout(this.resting.get(id)?.timer);
    this.resting.delete(id);
  }

  /** The user's own status, or whom they block, is another one. */
  changed(): void {
    for (const link of this.options.links()) this.tell(link);
  }

  hears(link: StatusLink, { status }: StatusMessage): void {
    const rest = this.resting.get(link.id);
    if (rest) {
      rest.latest = status;
      return;
    }
    this.options.heard(link.remote.device, status);
    const timer = this.options.timers.setTimeout(() => {
      const latest = this.resting.get(link.id)?.latest;
      this.resting.delete(link.id);
      if (latest !== undefined) this.hears(link, { type: 'status', status: latest });
    }, REST_MS);
    this.resting.set(link.id, { timer, latest: undefined });
  }

  close(): void {
    for (const { timer } of this.resting.values()) this.options.timers.clearTimeout(timer);
    this.resting.clear();
  }

  private tell(link: StatusLink): void {
    const status = this.options.own();
    if (this.options.blocked(userKey(link.remote.username)) || this.told.get(link.id) === status) return;
    this.told.set(link.id, status);
    link.send({ type: 'status', status });
  }
}
