/**
 * The faults that the doctor is shown, each made for real: by cables, routes, rules of firewalls, name servers, certificates. `before` the
 * peer starts, or `after` it is with its tracker. Each kind of home is one of `kinds.ts`.
 */
import type { DoctorCode } from '../../../protocol/doctor.js';
import type { Kind } from '../kinds.js';
import type { Box, Stage } from './box.js';
import { DEAD_SERVER, PLACES } from './places.js';

export interface FaultCase {
  /** What it is to be called; undefined: nothing is wrong. */
  readonly code: DoctorCode | undefined;
  readonly name: string;
  readonly kind: Kind;
  /** Given to the peer. */
  readonly args?: (round: number) => readonly string[];
  /** Of the tracker, where it is not the usual one: then nobody signs in. */
  readonly tracker?: (round: number) => string;
  /** How names are looked up there. */
  readonly nameServer?: string;
  /** A router that speaks UPnP or NAT-PMP. */
  readonly needsUpnp?: boolean;
  readonly before?: (box: Box, stage: Stage, round: number) => Promise<unknown>;
  readonly after?: (box: Box, stage: Stage, round: number) => Promise<unknown>;
}

const at = (port: number): string => `http://${PLACES.host}:${port}`;
/** Of several ways to the same, another one each round. */
const each = <T>(round: number, all: readonly [T, ...T[]]): T => all[round % all.length] ?? all[0];

const divert =
  (port: (round: number) => number): FaultCase['after'] =>
  (box, { world }, round) =>
    box.divert(world, `redirect to :${port(round)}`);

export const FAULTS: readonly FaultCase[] = [
  {
    code: 'no_network',
    name: 'the cable is out',
    kind: 'pub',
    after: (box, { host }) => box.ip(host, 'link', 'set', 'wan', 'down'),
  },
  {
    code: 'no_route',
    name: 'no default route',
    kind: 'port',
    after: (box, { host }) => box.ip(host, 'route', 'del', 'default'),
  },
  {
    code: 'dns_silent',
    name: 'the name server is dead',
    kind: 'pub',
    nameServer: DEAD_SERVER,
    tracker: () => `http://${PLACES.name}:${PLACES.tracker}`,
  },
  {
    code: 'name_unknown',
    name: 'a typing error in the name',
    kind: 'pub',
    nameServer: PLACES.host,
    tracker: () => `http://nobody.lab:${PLACES.tracker}`,
  },
  {
    code: 'tracker_silent',
    name: 'packets to the tracker are dropped',
    kind: 'pub',
    after: (box, { world }) => box.divert(world, 'drop'),
  },
  { code: 'tracker_down', name: 'no tracker runs there', kind: 'pub', after: divert(() => PLACES.nobody) },
  { code: 'not_a_tracker', name: 'a web server in its place', kind: 'pub', after: divert(() => PLACES.hello) },
  { code: 'portal', name: 'a network that wants a sign-in', kind: 'port', after: divert(() => PLACES.portal) },
  {
    code: 'tracker_tls',
    name: 'foreign, expired, or no TLS at all',
    kind: 'pub',
    tracker: (round) => at(each(round, [PLACES.foreignTls, PLACES.oldTls, PLACES.tracker])).replace('http:', 'https:'),
  },
  { code: 'ca_changed', name: 'another tracker in its place', kind: 'pub', after: divert(() => PLACES.otherTracker) },
  { code: 'clock_wrong', name: 'an hour between the clocks', kind: 'pub', after: divert(() => PLACES.wrongTime) },
  {
    code: 'signed_out',
    name: 'signed out',
    kind: 'pub',
    after: (box, stage) => box.command(stage, 'account.sign_out'),
  },
  {
    code: 'device_revoked',
    name: 'revoked from another device',
    kind: 'pub',
    after: (box, stage) => box.revoke(stage),
  },
  {
    code: 'events_blocked',
    name: 'a proxy that lets no WebSocket through',
    kind: 'pub',
    after: divert(() => PLACES.noUpgrade),
  },
  { code: 'loopback_only', name: '--host 127.0.0.1', kind: 'pub', args: () => ['--host', '127.0.0.1'] },
  {
    code: 'firewall_here',
    name: 'a firewall of this computer',
    kind: 'pub',
    before: (box, { host }, round) =>
      box.rules(
        host,
        `table ip own {\n chain input { type filter hook input priority 0; tcp dport 9101 ${each(round, ['drop', 'reject', 'reject with tcp reset'])}; }\n }`,
      ),
  },
  { code: 'nat_no_mapping', name: 'the usual router', kind: 'port' },
  {
    code: 'wrong_forward',
    name: 'forwarded to something else',
    kind: 'port',
    before: async (box, { router }) => {
      await box.rules(
        router,
        `table ip wrong {\n chain prerouting { type nat hook prerouting priority -110; iifname wan tcp dport 9101 redirect to :${PLACES.hello}; }\n chain input { type filter hook input priority -10; iifname wan ct status dnat accept; }\n }`,
      );
      await box.rules(router, `insert rule ip fil input iifname wan tcp dport ${PLACES.hello} accept`);
      await box.middlemen(router);
    },
  },
  {
    code: 'double_nat',
    name: 'a router behind another',
    kind: 'cgn',
    needsUpnp: true,
    before: (box, { inner }, round) => box.upnp(inner, { natPmp: round !== 1, upnp: round !== 0 }),
  },
  { code: 'hard_nat', name: 'a router with a new port for each', kind: 'sym' },
  {
    code: 'big_packets_lost',
    name: 'packets above 900 bytes are dropped',
    kind: 'pub',
    after: (box, { host }) =>
      box.rules(
        host,
        'table ip own {\n chain input { type filter hook input priority 0; iifname wan ip length > 900 drop; }\n chain output { type filter hook output priority 0; oifname wan ip length > 900 drop; }\n }',
      ),
  },
];

/** With nothing wrong: a public address, a firewall that is open, and routers that let in when they are asked. */
export const HEALTHY: readonly FaultCase[] = [
  { code: undefined, name: 'a public address', kind: 'pub' },
  { code: undefined, name: 'a forwarded port', kind: 'full' },
  {
    code: undefined,
    name: 'a router with NAT-PMP',
    kind: 'port',
    needsUpnp: true,
    before: (box, { router }) => box.upnp(router, { natPmp: true, upnp: false }),
  },
  {
    code: undefined,
    name: 'a router with UPnP',
    kind: 'port',
    needsUpnp: true,
    before: (box, { router }) => box.upnp(router, { natPmp: false, upnp: true }),
  },
];
