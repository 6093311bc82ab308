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

/** All with the user of the first, and with TLS or without. Errors: StartError. */
export function givenServers(text: string): NatsServers {
  const urls = text.split(',').map((one) => (URL.canParse(one.trim()) ? new URL(one.trim()) : undefined));
  const [first] = urls;
  if (!first || urls.some((url) => !url || !['nats:', 'tls:'].includes(url.protocol) || url.hostname === '')) {
    throw new StartError('--nats takes addresses of NATS servers, as nats://user:password@192.168.1.5:4222.');
  }
  if (urls.some((url) => url && !isAs(first, url))) {
    const text =
      'In --nats all servers have one user, which stands in the first address, and begin with tls://, or all with nats://. Write them so.';
    throw new StartError(text);
  }
  return {
    named: '--nats',
    servers: urls.flatMap((url) => (url ? [url.port === '' ? `${url.hostname}:4222` : url.host] : [])),
    ...(first.username === '' ? {} : { user: decoded(first.username) }),
    ...(first.password === '' ? {} : { password: decoded(first.password) }),
    ...(first.protocol === 'tls:' ? { ca: '' } : {}),
  };
}

/** What only a further one says would not be heeded: a password would go to a server of tls:// without TLS. */
function isAs(first: URL, { protocol, username, password }: URL): boolean {
  const names = username !== '' || password !== '';
  return protocol === first.protocol && (!names || (username === first.username && password === first.password));
}

/** Errors: StartError. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new StartError('In --nats, write a percent sign of a user or a password as %25.');
  }
}
