/** The packages for NATS, which are optional: they are loaded here, and only for a cluster. */
import type { JetStreamClient, JetStreamManager } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import { StartError } from '../../start-error.js';

export interface NatsServers {
  /** The flag that names them. */
  named: '--cluster' | '--nats';
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
