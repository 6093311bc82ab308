/** Where the NATS servers of a cluster are, from what a tracker is started with. */
import { StartError } from '../start-error.js';
import type { NatsServers } from '../store/nats/packages.js';
import type { ClusterSecret } from './cluster-secret.js';
import type { Member } from './members.js';

/** Of all clients of servers that trackers start. */
export const NATS_USER = 'parley';

/** How a client finds the servers of these trackers, in this order. */
export function serversOf(members: readonly Member[], { password }: ClusterSecret): Omit<NatsServers, 'ca'> {
  const servers = members.map(({ host, clientPort }) => `${host.includes(':') ? `[${host}]` : host}:${clientPort}`);
  return { named: '--cluster', servers, user: NATS_USER, password };
}

/** Errors: StartError. */
export function givenServers(text: string): NatsServers {
  const urls = text.split(',').map((one) => (URL.canParse(one.trim()) ? new URL(one.trim()) : undefined));
  const [first] = urls;
  if (!first || urls.some((url) => !url || !['nats:', 'tls:'].includes(url.protocol) || url.hostname === '')) {
    throw new StartError('--nats takes addresses of NATS servers, as nats://user:password@192.168.1.5:4222.');
  }
  return {
    named: '--nats',
    servers: urls.flatMap((url) => (url ? [url.port === '' ? `${url.hostname}:4222` : url.host] : [])),
    ...(first.username === '' ? {} : { user: decoded(first.username) }),
    ...(first.password === '' ? {} : { password: decoded(first.password) }),
    ...(first.protocol === 'tls:' ? { ca: '' } : {}),
  };
}

/** Errors: StartError. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new StartError('In --nats, write a percent sign of a user or a password as %25.');
  }
}
