/** The connection to the NATS servers of a cluster. */
import type { ConsumerMessages, MsgRequest } from '@nats-io/jetstream';
import type { Msg, NatsConnection, Subscription } from '@nats-io/transport-node';
import type { RetryOptions } from '../../retry.js';
import { StartError } from '../../start-error.js';
import { greetingOf, takesClients } from './greeting.js';
import { loadPackages, type Nats, type NatsPackages, type NatsServers } from './packages.js';
import { hostOf, notYet, troubleAt, Unusable, wordsOf, type Trouble } from './troubles.js';

export type { ConsumerMessages, Msg, MsgRequest, NatsConnection, Subscription };

/** How long one try of a call may take; writes are tried again. */
export const TRY_MS = 2_000;
const RECONNECT_MS = 250;

/**
 * To the first of them that takes this tracker; later it goes on trying all, for as long as they are away.
 * @param signal with which nobody wants it any more. Errors: StartError where the packages are not installed; NotYet where no server takes it
 */
export async function connectNats(servers: NatsServers, signal?: AbortSignal): Promise<Nats> {
  const packages = await loadPackages();
  const troubles: Trouble[] = [];
  let last: unknown;
  for (const at of servers.servers) {
    try {
      const connection = await connectTo(at, servers, packages);
      if (signal?.aborted === true) {
        await connection.close();
        throw new StartError('Stopped before it had started. Start it again when it is wanted.');
      }
      // A first connection to all would keep only those that answered before this one.
      connection.setServers([...servers.servers]);
      const options = { timeout: TRY_MS };
      return {
        connection,
        packages,
        jetstream: packages.jetstream(connection, options),
        manager: await packages.jetstreamManager(connection, { ...options, checkAPI: false }),
      };
    } catch (error) {
      if (error instanceof StartError || signal?.aborted === true) throw error;
      troubles.push(await troubleAt(at, error, servers, packages));
      last = error;
    }
  }
  throw notYet(troubles, last);
}

/** What is wrong with those that cannot be used, for people; undefined where all can. Within some seconds. Never rejects. */
export async function whatIsWrong(servers: NatsServers): Promise<string | undefined> {
  const packages = await loadPackages();
  const found = await Promise.all(
    servers.servers.map(async (at) => {
      try {
        await (await connectTo(at, servers, packages)).close();
        return undefined;
      } catch (error) {
        return troubleAt(at, error, servers, packages);
      }
    }),
  );
  const troubles = found.filter((one) => one !== undefined);
  if (troubles.length === 0) return undefined;
  return troubles.length < found.length ? wordsOf(troubles, 'Some NATS servers cannot be used') : wordsOf(troubles);
}

/** How a start finds out what it waits for. */
export function waitingFor(servers: NatsServers): Pick<RetryOptions, 'look' | 'next'> {
  const next = 'Start the other NATS servers of that cluster: most of them are to run.';
  return { look: () => whatIsWrong(servers), next: servers.named === '--nats' ? next : undefined };
}

async function connectTo(
  at: string,
  { user, password, ca }: NatsServers,
  packages: NatsPackages,
): Promise<NatsConnection> {
  const { host, port } = hostOf(at);
  const greeting = await greetingOf(host, port);
  if (greeting.by !== 'nats' || !takesClients(greeting.info)) throw new Unusable(greeting);
  return packages.connect({
    servers: [at],
    ...(user === undefined ? {} : { user }),
    ...(password === undefined ? {} : { pass: password }),
    ...(ca === undefined ? {} : { tls: ca === '' ? {} : { ca } }),
    // Its own server first: the others are for when that one is gone.
    noRandomize: true,
    ignoreClusterUpdates: true,
    maxReconnectAttempts: -1,
    reconnectTimeWait: RECONNECT_MS,
    timeout: TRY_MS,
    // A server that does not answer is left after 6 s.
    pingInterval: 2_000,
    maxPingOut: 2,
    noEcho: true,
    name: 'parley tracker',
  });
}
