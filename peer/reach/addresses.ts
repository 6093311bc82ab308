/**
 * What an address is: loopback, of a private network, of one of ours, or of the world. Names and addresses come from others, so
 * whatever way of writing one there is must not get past the rules.
 */
import { BlockList, isIP, isIPv4, isIPv6 } from 'node:net';
import type { NetworkInterfaceInfo } from 'node:os';

export type Interfaces = NodeJS.Dict<NetworkInterfaceInfo[]>;

/** `none`: nobody can be dialled there. */
export type Kind = 'none' | 'loopback' | 'private' | 'public4' | 'public6' | 'name';

const loopback = listOf(['127.0.0.0', 8], ['::1', 128]);
/** Private, shared by the customers of a carrier, link-local of IPv4, unique local of IPv6. */
const privates = listOf(
  ['10.0.0.0', 8],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
  ['100.64.0.0', 10],
  ['169.254.0.0', 16],
  ['fc00::', 7],
);
/** This host, multicast, reserved; link-local of IPv6, which says nothing without an interface. */
const unusable = listOf(['0.0.0.0', 8], ['224.0.0.0', 3], ['::', 128], ['ff00::', 8], ['fe80::', 10]);
const linkLocal = listOf(['169.254.0.0', 16], ['fe80::', 10]);

/** One spelling for each address; names in lower case. Undefined for what is neither. */
export function canonical(host: string): string | undefined {
  if (isIPv4(host)) return host;
  if (host.includes(':')) {
    if (!isIPv6(host) || host.includes('%')) return undefined;
    const written = new URL(`http://[${host}]`).hostname.slice(1, -1);
    return mappedV4(written) ?? written;
  }
  const name = host.toLowerCase().replace(/\.$/, '');
  // `127.1` and `0x7f000001` are addresses to the system's resolver, and no names.
  if (!/^[a-z0-9._-]{1,253}$/.test(name) || /(^|\.)(\d+|0x[0-9a-f]*)$/.test(name)) return undefined;
  return name;
}

/** @param host canonical */
export function kindOf(host: string): Kind {
  const family = isIPv4(host) ? 'ipv4' : isIPv6(host) ? 'ipv6' : undefined;
  if (family === undefined) return host === 'localhost' || host.endsWith('.localhost') ? 'loopback' : 'name';
  if (loopback.check(host, family)) return 'loopback';
  if (unusable.check(host, family)) return 'none';
  if (privates.check(host, family)) return 'private';
  return family === 'ipv4' ? 'public4' : 'public6';
}

/** Networks of this machine's own containers and virtual machines: nobody outside is in them, and everybody has the same. */
const VIRTUAL =
  /^(docker\d*|veth.*|br-[0-9a-f]{12}|virbr\d.*|vnet\d+|lxcbr\d+|lxdbr\d+|podman\d+|cni.*|flannel.*|cali.*|vboxnet\d+|vmnet\d+)$/;

/** The interfaces that lead to others; all but loopback where there would be none. */
export function outerInterfaces(all: Interfaces): NetworkInterfaceInfo[] {
  const real: NetworkInterfaceInfo[] = [];
  const rest: NetworkInterfaceInfo[] = [];
  for (const [name, list] of Object.entries(all)) {
    for (const info of list ?? []) {
      if (info.internal) continue;
      const isReal = !VIRTUAL.test(name) && !linkLocal.check(info.address, info.family === 'IPv4' ? 'ipv4' : 'ipv6');
      (isReal ? real : rest).push(info);
    }
  }
  return real.length > 0 ? real : rest.filter(({ address }) => !address.startsWith('fe80:'));
}

/** Whether an address is in a network of this machine. */
export class OwnNetworks {
  private readonly networks = new BlockList();

  constructor(all: Interfaces) {
    for (const { address, cidr, family } of outerInterfaces(all)) {
      const bits = Number(cidr?.split('/')[1]);
      if (Number.isInteger(bits)) this.networks.addSubnet(address, bits, family === 'IPv4' ? 'ipv4' : 'ipv6');
    }
  }

  /** @param host canonical */
  includes(host: string): boolean {
    const family = isIPv4(host) ? 'ipv4' : isIPv6(host) ? 'ipv6' : undefined;
    return family !== undefined && this.networks.check(host, family);
  }
}

/** The addresses of this machine that others could dial; canonical. */
export function ownAddresses(all: Interfaces): string[] {
  const outer = Object.values(all).flatMap((list) => (list ?? []).filter(({ internal }) => !internal));
  return outer.flatMap(({ address }) => (address.startsWith('fe80:') ? [] : (canonical(address) ?? [])));
}

/**
 * Whether what is sent to `host` can come to what listens at `bound`: not in another family, nor at another address of this
 * machine. An address that is not of this machine is a router's, which may lead anywhere in its family.
 * @param own as `ownAddresses`
 */
export function isHeardAt(host: string, bound: string, own: readonly string[]): boolean {
  const [to, at] = [canonical(host) ?? host, canonical(bound) ?? bound];
  // Node listens there for both families. Where a name leads is not known here.
  if (at === '::' || isIP(at) === 0) return true;
  if (isIPv4(to) !== isIPv4(at)) return false;
  return at === '0.0.0.0' || at === to || !own.includes(to);
}

function mappedV4(v6: string): string | undefined {
  const found = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/.exec(v6);
  if (!found) return undefined;
  const [high, low] = [Number.parseInt(found[1] ?? '', 16), Number.parseInt(found[2] ?? '', 16)];
  return [high >> 8, high & 255, low >> 8, low & 255].join('.');
}

function listOf(...subnets: readonly (readonly [network: string, bits: number])[]): BlockList {
  const list = new BlockList();
  for (const [network, bits] of subnets) list.addSubnet(network, bits, network.includes(':') ? 'ipv6' : 'ipv4');
  return list;
}
