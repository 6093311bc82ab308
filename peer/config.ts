/** What a peer is started with. */
import type { AboutDevice } from '../protocol/device-name.js';
import type { DeviceId, Username } from '../protocol/ids.js';
import type { Rates } from '../protocol/rates.js';
import type { Entrance } from './link/listeners.js';
import type { LocalLinks } from './link/local-links.js';
import type { Signatures } from './log/signatures.js';
import type { Network } from './reach/network.js';

export interface PeerConfig {
  readonly username: Username;
  /** Trackers that stand for one another, tried in turn. */
  readonly trackers: readonly string[];
  /** Where the P2P listener binds; undefined: loopback for a tracker on this machine, else all interfaces. */
  readonly host: string | undefined;
  /** Whether to be found, and to find others, on the local network; undefined: unless the P2P port is for this machine alone. */
  readonly lan?: boolean | undefined;
  /** Whether the router of the home is asked to forward the P2P port to here; undefined: no. */
  readonly portMapping?: boolean | undefined;
  /** Whether this device's address is told to nobody, from now on; undefined: as the settings say. */
  readonly relayOnly?: boolean | undefined;
  /** 0 for any free one. */
  readonly peerPort: number;
  readonly uiHost: string;
  /** Where IRC clients of this machine connect; 0 for any free port. Undefined: nowhere. */
  readonly ircPort?: number | undefined;
  /** Where gRPC clients connect; undefined: nowhere. Port 0 for any free one; off this machine it speaks TLS. */
  readonly grpc?: { readonly host: string; readonly port: number } | undefined;
  /** Undefined: the P2P port + 10000 where that is a port, else any free one. */
  readonly uiPort: number | undefined;
  readonly about?: AboutDevice | undefined;
  /** What this device is called, in place of the name in `about`, and is remembered; undefined: as the settings say. */
  readonly deviceName?: string | undefined;
  readonly uiDir: string;
  readonly dataDir: string;
  /** Signs in with it at the start; kept in memory only, to sign in again when the session ends. */
  readonly password: string | undefined;
  /** Makes the account first. */
  readonly register: boolean;
  /** Names besides loopback's that browsers may call the UI by. */
  readonly allowedHosts: readonly string[];
  /** PEM to trust at a tracker over https. */
  readonly trackerCa: string | undefined;
  /** Fingerprint of the CA of an invite: no other one is believed. */
  readonly invitedCa?: string | undefined;
  /** Of the same invite: with which the account may be made. */
  readonly inviteCode?: string | undefined;
  /** Milliseconds of silence after which a link is given up; undefined: as in SPEC.md section 4. */
  readonly linkTimeoutMs?: number | undefined;
  /** Ends the waiting for the tracker at the start: the peer is to be closed. Undefined: it is waited for. */
  readonly stopping?: AbortSignal | undefined;
  /** For tests: what there is of the disk, and how fast logs of others are taken. */
  readonly space?: (() => Promise<{ readonly free: number; readonly size: number }>) | undefined;
  readonly rates?: Rates | undefined;
  /** For tests: false: how it is reached is not asked unless the doctor does. */
  readonly asksReach?: boolean | undefined;
  /** Where others come in, in place of a port of its own: a gateway has one for all of its peers. */
  readonly entrance?: ((device: DeviceId) => Entrance) | undefined;
  /** Other peers of this process, to which links need no socket; undefined: there are none. */
  readonly local?: LocalLinks | undefined;
  /** Which signatures were found good; undefined: its own. A gateway has one for all, since an entry comes to many of its peers. */
  readonly signatures?: Signatures | undefined;
  /** Tells that the network is another one; undefined: a watch of its own. A gateway has one for all. */
  readonly network?: Pick<Network, 'onChange'> | undefined;
  /** Memory for the history's database; undefined: as much as helps. A gateway has hundreds of them. */
  readonly storeCacheKib?: number | undefined;
  /** Told TLS secrets, for Wireshark. */
  readonly keylog: ((line: Buffer) => void) | undefined;
}
