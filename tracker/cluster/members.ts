/** Which trackers are a cluster, and which of them this one is. */
import { lookup } from 'node:dns/promises';
import { networkInterfaces } from 'node:os';
import { StartError } from '../start-error.js';

export interface Member {
  /** `host:port` of the tracker, as given. */
  name: string;
  host: string;
  port: number;
  /** Of its NATS server: for trackers, and for the other servers. */
  clientPort: number;
  routePort: number;
}

const ROUTE_OFFSET = 1_000;
const CLIENT_OFFSET = 2_000;
const PORT_MAX = 65_535 - CLIENT_OFFSET;

/** Errors: StartError, with the reason. */
export function parseMembers(list: string): Member[] {
  const names = list
    .split(',')
    .map((name) => name.trim())
    .filter(Boolean);
  const members = names.map(parseMember);
  if (new Set(names).size < names.length) throw new StartError('--cluster names a tracker twice. Name each once.');
  if (names.length === 2) {
    throw new StartError(
      'A cluster of two trackers stands still as soon as one of them does: neither can know whether the other one goes on. Name three (--cluster).',
    );
  }
  if (names.length !== 3 && names.length !== 5) {
    throw new StartError(
      `A cluster has three or five trackers, and ${names.length} are named. Name three (--cluster a:8001,b:8001,c:8001).`,
    );
  }
  return members;
}

function parseMember(name: string): Member {
  const found = /^(\[[0-9a-fA-F:]+\]|[A-Za-z0-9.-]+):(\d{1,5})$/.exec(name);
  const port = Number(found?.[2]);
  const host = (found?.[1] ?? '').replace(/^\[|\]$/g, '');
  if (!found || port < 1) throw new StartError(`"${name}" is no tracker of a cluster. Write it as 192.168.1.5:8001.`);
  if (port > PORT_MAX)
    throw new StartError(
      `Port ${port} is too high for a cluster: its servers use it plus 1000 and 2000. Choose one up to ${PORT_MAX}.`,
    );
  return { name, host, port, routePort: port + ROUTE_OFFSET, clientPort: port + CLIENT_OFFSET };
}

/**
 * The member whose port is this tracker's, and whose host is the one that this tracker listens at; else the first one whose host is this
 * machine: it may listen at all addresses, or stand behind a proxy. Errors: StartError.
 */
export async function ownMember(
  members: readonly Member[],
  { host, port }: { host: string; port: number },
): Promise<Member> {
  const own = new Set(Object.values(networkInterfaces()).flatMap((all) => (all ?? []).map(({ address }) => address)));
  const listening = new Set(await addressesOf(host));
  const here: Member[] = [];
  for (const member of members) {
    if (member.port !== port) continue;
    const addresses = await addressesOf(member.host);
    if (addresses.some((address) => listening.has(address))) return member;
    if (addresses.some((address) => own.has(address) || address.startsWith('127.'))) here.push(member);
  }
  const [first] = here;
  if (first) return first;
  throw new StartError(
    `None of the trackers of --cluster is this machine with port ${port}. Name it by an address of this machine, with the --port that it has.`,
  );
}

/** None of a name that nobody knows. */
async function addressesOf(host: string): Promise<string[]> {
  const found = await lookup(host, { all: true }).catch(() => []);
  return found.map(({ address }) => address);
}
