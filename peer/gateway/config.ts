/** What a gateway is started with. */
import type { Address } from '../link/types.js';
import type { TlsFiles } from './self-made.js';
import type { Look } from './visitors.js';

export interface GatewayConfig {
  /** What it calls itself. */
  readonly name: string;
  readonly dataDir: string;
  /** Trackers that stand for one another, tried in turn. */
  readonly trackers: readonly string[];
  /** PEM to trust at a tracker over https. */
  readonly trackerCa: string | undefined;
  /** Where it listens: this machine alone, or `0.0.0.0` for others. */
  readonly host: string;
  /** 0 for any free one. */
  readonly ports: {
    readonly p2p: number;
    readonly web: number;
    readonly ws: number;
    readonly lines: number;
    readonly irc: number;
    /** Undefined: nowhere. */
    readonly grpc?: number | undefined;
  };
  readonly tls: TlsFiles;
  /** Whether passwords and messages may cross the network unencrypted: at the pages and WebSockets, and as lines. */
  readonly plain: { readonly web: boolean; readonly lines: boolean };
  /** Names besides its addresses that browsers may call it by. */
  readonly allowedHosts: readonly string[];
  readonly uiDir: string;
  readonly look: Look;
  /** How long a peer stays awake with nobody there, in milliseconds. */
  readonly idleMs: number;
  /** How long a guest's peer waits for the guest to come back, in milliseconds; else five minutes. */
  readonly guestGraceMs?: number;
}

export interface GatewayAddresses {
  readonly web: string;
  readonly ws: string;
  readonly lines: Address;
  /** Over TLS alone. */
  readonly irc: Address;
  /** The same. */
  readonly grpc?: Address;
  readonly p2p: Address;
}
