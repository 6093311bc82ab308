/**
 * The ways in which people are connected to the internet, and what is expected of each two of them. What a router does is written as the
 * rules of its firewall (nftables): `wan` is its side of the internet, `lan` the side of the home.
 */

export const KINDS = ['pub', 'fw', 'full', 'addr', 'port', 'rst', 'sym', 'cgn', 'csym', 'out', 'v6'] as const;
export type Kind = (typeof KINDS)[number];

export const EXPLAINED: Readonly<Record<Kind, string>> = {
  pub: 'no router: a public address',
  fw: 'a firewall that lets in only answers, no NAT',
  full: 'a NAT with a forwarded port',
  addr: 'a NAT that lets in from every address that was sent to',
  port: 'a NAT that lets in only answers: the usual one',
  rst: 'the same, but what it does not let in is refused and not dropped',
  sym: 'a NAT with a new port for each destination',
  cgn: 'the usual NAT behind one of the carrier',
  csym: 'the usual NAT behind one of the carrier with new ports',
  out: 'outwards only to the tracker',
  v6: 'IPv6 alone, behind a firewall as fw',
};

/** Where the tracker is, for the rules of those who are let out to nobody else. */
export interface Outside {
  readonly tracker: string;
  readonly port: number;
}

/** A router on the way out, the outermost first. */
export type Router = (host: string, outside: Outside) => string;

/** What comes from outside meets this; `forward` are rules of its own for what is handed on. */
function filter(family: 'ip' | 'ip6', refusal: 'drop' | 'reject', forward = ''): string {
  const neighbours = family === 'ip6' ? 'meta l4proto ipv6-icmp accept;' : '';
  const input = refusal === 'drop' ? 'iifname wan drop' : 'iifname wan meta l4proto tcp reject with tcp reset';
  return `table ${family} fil {
    chain input { type filter hook input priority 0; ${neighbours} iifname wan ct state established,related accept; ${input}; }
    chain forward { type filter hook forward priority 0; ${forward} iifname wan ct state established,related accept;
      iifname wan ct status dnat accept; iifname wan drop; }
  }
`;
}

function nat({ before = '', masquerade = 'masquerade', in: inwards = '' } = {}): string {
  return `table ip nat {
    set seen { type ipv4_addr; flags dynamic,timeout; timeout 120s; }
    chain prerouting { type nat hook prerouting priority -100; ${inwards} }
    chain postrouting { type nat hook postrouting priority 100; ${before} oifname wan ${masquerade}; }
  }
`;
}

const usual: Router = () => nat() + filter('ip', 'drop');
const symmetric: Router = () => nat({ masquerade: 'masquerade fully-random' }) + filter('ip', 'drop');

export const ROUTERS: Readonly<Record<Kind, readonly Router[]>> = {
  pub: [],
  fw: [() => filter('ip', 'drop')],
  full: [(host) => nat({ in: `iifname wan meta l4proto { tcp, udp } dnat to ${host};` }) + filter('ip', 'drop')],
  addr: [
    (host) =>
      nat({
        before: 'oifname wan update @seen { ip daddr timeout 120s };',
        in: `iifname wan ip saddr @seen meta l4proto { tcp, udp } dnat to ${host};`,
      }) + filter('ip', 'drop'),
  ],
  port: [usual],
  rst: [() => nat() + filter('ip', 'reject')],
  sym: [symmetric],
  cgn: [usual, usual],
  csym: [symmetric, usual],
  out: [
    (_, { tracker, port }) =>
      nat() + filter('ip', 'drop', `oifname wan ip daddr ${tracker} tcp dport ${port} accept; oifname wan drop;`),
  ],
  v6: [() => filter('ip6', 'drop')],
};

/** Whether packets in are handed to a device that waits for them: all, or those of whom it has sent something to. */
const REACHABLE: ReadonlySet<Kind> = new Set(['pub', 'full', 'addr']);
/** Who uses one port for all destinations, so that a hole can be made. */
const STEADY: ReadonlySet<Kind> = new Set(['fw', 'port', 'rst', 'cgn']);

/** Dialled, made by a hole, or relayed. */
export type Way = 'dialled' | 'punched' | 'relayed';

export function expected(a: Kind, b: Kind): Way {
  if (a === 'out' || b === 'out') return 'relayed';
  if (a === 'v6' || b === 'v6') return a === b ? 'punched' : 'relayed';
  if (REACHABLE.has(a) || REACHABLE.has(b)) return 'dialled';
  return STEADY.has(a) && STEADY.has(b) ? 'punched' : 'relayed';
}
