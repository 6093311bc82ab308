/** Why a NATS server cannot be used: in words for whoever starts the tracker, and whether it may pass by itself. */
import { NotYet } from '../../retry.js';
import { systemCode } from '../../start-error.js';
import type { Nats, NatsPackages, NatsServers } from './packages.js';
import { greetingOf, type Greeting } from './greeting.js';

/** What is wrong with one server, as parts of sentences. */
export interface Trouble {
  /** `host:port` */
  readonly at: string;
  readonly why: string;
  /** What to do, a sentence. */
  readonly next: string;
  /** It is not known to pass by itself: a start ends when it has stood for so long. Absent: it is waited for. */
  readonly endsAfterMs?: number | undefined;
}

/** A server that is being set up anew may say so for a moment. */
const SETTLED_MS = 5_000;
/** Machines of containers get their names when they start, which may be after the tracker. */
const NAME_MS = 30_000;

export type From = Pick<NatsServers, 'named' | 'password'>;

/** The server there cannot be connected to, by how it greets. */
export class Unusable extends Error {
  constructor(readonly greeting: Greeting) {
    super('there is no NATS server for clients');
  }
}

/** Long enough for why it sends a client away. */
const ERROR_MS = 300;

export function hostOf(at: string): { host: string; port: number } {
  const { hostname, port } = new URL(`nats://${at}`);
  return { host: hostname.replace(/^\[|\]$/g, ''), port: Number(port) };
}

/** @param at `host:port` of the only server that was tried, with this error. Never rejects */
export async function troubleAt(at: string, error: unknown, from: From, packages: NatsPackages): Promise<Trouble> {
  const { host, port } = hostOf(at);
  if (error instanceof Unusable) {
    const code = error.greeting.by === 'nobody' ? systemCode(error.greeting.error) : undefined;
    return {
      at,
      ...((code === undefined ? undefined : ofSystem(code, from.named)) ?? ofGreeting(error.greeting, port)),
    };
  }
  const known = knownTrouble(error, from, packages);
  if (known) return { at, ...known };
  const greeting = await greetingOf(host, port, ERROR_MS);
  if (greeting.by !== 'nats') return { at, ...ofGreeting(greeting, port) };
  return { at, why: greeting.says ?? textOf(error), next: 'Look into the log of that server.' };
}

/** Of what cannot be used. */
function ofGreeting(greeting: Greeting, port: number): Known {
  const clients = 'Name the port at which nats-server takes clients, mostly 4222.';
  switch (greeting.by) {
    case 'other':
      return { why: `${greeting.what} answers there`, next: clients, endsAfterMs: SETTLED_MS };
    case 'nats': {
      if (greeting.info.client_id === undefined)
        return { why: 'at that port servers talk to each other', next: clients, endsAfterMs: SETTLED_MS };
      const next = 'Take "verify" out of the tls block of its configuration: trackers sign in by user and password.';
      return { why: 'it wants a certificate of its clients', next, endsAfterMs: SETTLED_MS };
    }
    case 'silent': {
      const next = 'Look into the log of that server.';
      return { why: 'it takes the connection and says nothing, as a server that hangs does', next };
    }
    case 'closing': {
      const next =
        'Look into the log of that server, and of what stands before it. Where it wants TLS from the first byte on, take "handshake_first" out of the tls block of its configuration.';
      return { why: 'it ends the connection without a word', next };
    }
    default: {
      const next = `Look whether that machine runs, and whether a firewall lets TCP ${port} through.`;
      return { why: 'it does not answer', next };
    }
  }
}

type Known = Omit<Trouble, 'at'>;

function knownTrouble(error: unknown, { named, password }: From, packages: NatsPackages): Known | undefined {
  const { errors } = packages;
  // A server that was busy did not come to look at the password in time: that is no refusal.
  if (error instanceof errors.AuthorizationError && !/timeout/i.test(error.message)) {
    const asked = password === undefined ? 'it wants a user and a password' : 'it refuses this user and password';
    return { why: asked, next: secretOf(named), endsAfterMs: SETTLED_MS };
  }
  if (error instanceof Error && error.message.startsWith("server does not support 'tls'")) {
    const next = 'Write nats:// in place of tls://, or give it a certificate.';
    return {
      why: 'it does not speak TLS',
      next: named === '--cluster' ? secretOf(named) : next,
      endsAfterMs: SETTLED_MS,
    };
  }
  const code = systemCode(error) ?? (error instanceof Error ? systemCode(error.cause) : undefined);
  return code === undefined ? undefined : (ofSystem(code, named) ?? ofCertificate(code, named));
}

function secretOf(named: NatsServers['named']): string {
  return named === '--cluster'
    ? 'Start all trackers of the cluster with the same secret (--join).'
    : 'Write those of its configuration into the address, as nats://user:password@192.168.1.5:4222.';
}

function ofSystem(code: string, named: NatsServers['named']): Known | undefined {
  const start = named === '--cluster' ? 'Start the tracker there.' : 'Start nats-server there, or name another port.';
  const network = 'Check the network of this machine, and of that one.';
  switch (code) {
    case 'ENOTFOUND':
      return { why: 'there is no host of that name', next: `Check ${named} for a typing error.`, endsAfterMs: NAME_MS };
    case 'EAI_AGAIN':
      return { why: 'its name cannot be looked up now', next: 'Check the DNS server, or give its number address.' };
    case 'ECONNREFUSED':
      return { why: 'nothing listens there', next: start };
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
      return { why: 'there is no way to it', next: network };
    default:
      return undefined;
  }
}

/** Of a certificate that was refused here. */
function ofCertificate(code: string, named: NatsServers['named']): Known | undefined {
  const because = certificateFaults[code];
  if (because === undefined) return undefined;
  const [why, next] = because;
  return { why, next: named === '--cluster' ? secretOf(named) : next, endsAfterMs: SETTLED_MS };
}

const UNTRUSTED = [
  'its certificate is of an authority that is not trusted here',
  "Set NODE_EXTRA_CA_CERTS to the file of that authority's certificate, and start again.",
] as const;
const certificateFaults: Readonly<Record<string, readonly [string, string]>> = {
  DEPTH_ZERO_SELF_SIGNED_CERT: UNTRUSTED,
  SELF_SIGNED_CERT_IN_CHAIN: UNTRUSTED,
  UNABLE_TO_GET_ISSUER_CERT: UNTRUSTED,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: UNTRUSTED,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: UNTRUSTED,
  CERT_SIGNATURE_FAILURE: UNTRUSTED,
  ERR_TLS_CERT_ALTNAME_INVALID: [
    'its certificate is for another name',
    'Name it by a name that stands in its certificate; an address of numbers does not do.',
  ],
  CERT_HAS_EXPIRED: ['its certificate has expired', 'Give it a new one, or set the clock of this machine.'],
  CERT_NOT_YET_VALID: [
    'its certificate is not valid yet',
    'Set the clock of this machine, or of the one that made it.',
  ],
};

/** One answer for all servers: who waits for one of them has what to wait for. */
export function notYet(troubles: readonly Trouble[], cause: unknown): NotYet {
  const lasts = troubles.map(({ endsAfterMs }) => endsAfterMs ?? Number.POSITIVE_INFINITY);
  const ends = Math.max(...lasts);
  return new NotYet(wordsOf(troubles), Number.isFinite(ends) ? ends : undefined, { cause });
}

/** What is said, once, of each server, and then what to do. */
export function wordsOf(troubles: readonly Trouble[], head = 'No NATS server can be used'): string {
  const each = troubles.map(({ at, why }) => `${at}: ${why}`).join('; ');
  const nexts = [...new Set(troubles.map(({ next }) => next))].join(' ');
  return `${head} (${each}). ${nexts}`;
}

/** Why streams cannot be made or read by servers that are connected to; the error itself where that is not known. */
export function whyNoStreams(error: unknown, { packages, connection }: Nats): unknown {
  const at = connection.getServer();
  const say = (why: string, next: string, endsAfterMs?: number): NotYet =>
    new NotYet(`The NATS server at ${at} cannot keep records: ${why}. ${next}`, endsAfterMs, { cause: error });
  const code = error instanceof packages.JetStreamApiError ? error.code : undefined;
  if (code === ALONE) {
    const next = 'Make a cluster of three of them, by a cluster block in the configuration of each.';
    return say('each is kept on three servers, and this one stands alone', next, SETTLED_MS);
  }
  if (code !== undefined && NO_ROOM.has(code)) {
    return say('it has no room for them', 'Make room on its disk, or raise max_file_store in its configuration.');
  }
  if (error instanceof Error && error.name === 'JetStreamNotEnabled') {
    const isOfAccount = error.cause instanceof packages.JetStreamApiError;
    // A server that has it says so, and is only just starting.
    if (!isOfAccount && connection.info?.jetstream === true) return error;
    const next = isOfAccount
      ? 'Write jetstream: enabled into that account in its configuration.'
      : 'Write jetstream {} into its configuration.';
    return say(`JetStream is not enabled${isOfAccount ? ' for this account' : ''}`, next, SETTLED_MS);
  }
  const refused = error instanceof Error ? error.cause : undefined;
  if (refused instanceof packages.errors.PermissionViolationError) {
    const next =
      'Take the permissions of this user out of its configuration, or allow $JS.>, $KV.>, parley.> and _INBOX.>.';
    return say(`it does not permit what a tracker does (${refused.message})`, next, SETTLED_MS);
  }
  return error;
}

/** Codes of JetStream. */
const ALONE = 10074;
const NO_ROOM: ReadonlySet<number> = new Set([10023, 10028, 10047, 10002]);

function textOf(error: unknown): string {
  return error instanceof Error && error.message !== '' ? error.message : 'it failed';
}
