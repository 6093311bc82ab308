/**
 * How much of what the user's other devices hold is here: what a new device shows while it fetches its history. A claim of a device
 * counts for the figures alone; what comes is proven by the signatures of its authors, as from anybody.
 */
import { sameUser, type ConversationId, type DeviceId, type Username } from '../../protocol/ids.js';
import type { LinkState } from './link-state.js';
import type { LogHeads } from './ports.js';

export interface Holdings {
  /** One of the user's other devices that said what it holds: the latest. */
  readonly device: DeviceId;
  /** Whether it is linked now; else it is what the last one held. */
  readonly linked: boolean;
  /** Of `total` entries that they hold, and that are taken here, so many are durable here. */
  readonly held: number;
  readonly total: number;
}

type Account = Pick<LinkState, 'device' | 'theirs' | 'forked' | 'unproven'>;

export class CatchUp {
  /** Of the last own device that went while something was lacking. */
  private gone: Account | undefined;

  constructor(private readonly options: { readonly username: Username; readonly log: LogHeads }) {}

  linkDown(state: LinkState): void {
    if (!state.complete || !this.isOwn(state)) return;
    const { held, total } = this.count([state]);
    this.gone = held < total ? state : undefined;
  }

  /** Undefined where no other device of the user has said what it holds. */
  holdings(links: Iterable<LinkState>): Holdings | undefined {
    const own = [...links].filter((state) => state.complete && this.isOwn(state));
    const latest = own.at(-1);
    if (latest) return { device: latest.device, linked: true, ...this.count(own) };
    if (!this.gone) return undefined;
    const counted = this.count([this.gone]);
    const { device } = this.gone;
    // Others may have brought the rest.
    if (counted.held >= counted.total) this.gone = undefined;
    return { device, linked: false, ...counted };
  }

  private isOwn({ username }: LinkState): boolean {
    return sameUser(username, this.options.username);
  }

  private count(accounts: readonly Account[]): { held: number; total: number } {
    let [held, total] = [0, 0];
    for (const [conversation, logs] of this.targets(accounts)) {
      const durable = this.options.log.durable(conversation);
      for (const [device, to] of logs) {
        total += to;
        held += Math.min(to, durable.get(device) ?? 0);
      }
    }
    return { held, total };
  }

  /** Up to where each log can be fetched from them. */
  private targets(accounts: readonly Account[]): Map<ConversationId, Map<DeviceId, number>> {
    const targets = new Map<ConversationId, Map<DeviceId, number>>();
    for (const { theirs, forked, unproven } of accounts)
      for (const [conversation, logs] of theirs) {
        const known = targets.get(conversation) ?? new Map<DeviceId, number>();
        targets.set(conversation, known);
        for (const [device, seq] of logs) {
          const here = this.options.log.seq(conversation, device);
          const isTaken =
            here < (forked.get(conversation)?.get(device) ?? Infinity) &&
            (!unproven.has(device) || (this.options.log.knows?.(device) ?? true));
          const to = isTaken ? Math.min(seq, this.options.log.limit?.(conversation, device) ?? seq) : here;
          known.set(device, Math.max(to, known.get(device) ?? 0));
        }
      }
    return targets;
  }
}
