/** The connection to the NATS servers of a cluster. The packages for it are optional: they are loaded here, and only for a cluster. */
import type { ConsumerMessages, JetStreamClient, JetStreamManager, MsgRequest } from '@nats-io/jetstream';
import type { Msg, NatsConnection, Subscription } from '@nats-io/transport-node';
import { StartError } from '../../start-error.js';

export interface NatsServers {
  /** `host:port`, the nearest first. */
  servers: readonly string[];
  user?: string | undefined;
  password?: string | undefined;
  /** Present: TLS, with servers that this authority vouches for (PEM); with the system's where it is empty. */
  ca?: string | undefined;
}

export interface Nats {
  connection: NatsConnection;
  jetstream: JetStreamClient;
  manager: JetStreamManager;
  packages: NatsPackages;
}

export type NatsPackages = Awaited<ReturnType<typeof loadPackages>>;
export type { ConsumerMessages, Msg, MsgRequest, NatsConnection, Subscription };

/** How long one try of a call may take; writes are tried again. */
export const TRY_MS = 2_000;
const RECONNECT_MS = 250;

/** Errors: StartError where the packages are not installed. */
export async function loadPackages() {
  try {
    const [transport, jetstream] = await Promise.all([import('@nats-io/transport-node'), import('@nats-io/jetstream')]);
    return { ...transport, ...jetstream };
  } catch (error) {
    const next = 'Install them with "npm install --include=optional", then start again.';
    throw new StartError(`A cluster needs the packages @nats-io/transport-node and @nats-io/jetstream. ${next}`, {
      cause: error,
    });
  }
}

/** Later it goes on trying for as long as the servers are away. Errors: StartError where they refuse this tracker; others where none is there. */
export async function connectNats({ servers, user, password, ca }: NatsServers): Promise<Nats> {
  const packages = await loadPackages();
  try {
    const connection = await packages.connect({
      servers: [...servers],
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
    const options = { timeout: TRY_MS };
    return {
      connection,
      packages,
      jetstream: packages.jetstream(connection, options),
      manager: await packages.jetstreamManager(connection, { ...options, checkAPI: false }),
    };
  } catch (error) {
    // A server that was busy did not come to look at the password in time: that is no refusal.
    const isLate = error instanceof Error && /timeout/i.test(error.message);
    if (isLate || !(error instanceof packages.errors.AuthorizationError)) throw error;
    const why = error.message;
    const next = 'Check its address, and that all trackers of the cluster were given the same secret (--join).';
    throw new StartError(`NATS at ${servers.join(', ')} refuses this tracker (${why}). ${next}`, { cause: error });
  }
}
