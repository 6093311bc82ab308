import { chmod } from 'node:fs/promises';
import { Low } from 'lowdb';
import { DataFile } from 'lowdb/node';
import Type, { type Static } from 'typebox';
import { Compile } from 'typebox/compile';
import { CHANNEL_PATTERN, INITIAL_CHANNELS, MAILBOX_MAX, TRACKERS_MAX } from '../protocol/limits.js';
import { readIfThere, SECRET_MODE } from './data-dir.js';
import { StartError } from './start-error.js';

const Count = Type.Integer({ minimum: 1, maximum: 1_000_000 });
const closed = { additionalProperties: false };

export const Limits = Type.Object(
  {
    /** A minute and an address: sign-ins, registrations, and all calls but heart-beats and lists. */
    loginsPerAddress: Count,
    registrationsPerAddress: Count,
    /** Sign-ins by the key of a device; a minute and an address. When a tracker is gone, a whole house comes to the next at once. */
    deviceSignInsPerAddress: Count,
    requestsPerAddress: Count,
    /** A minute and an account: failed sign-ins, certificates. */
    failedLoginsPerAccount: Count,
    certificatesPerAccount: Count,
    /** A minute and an account: letters into mailboxes; looks into one's own, and at prekeys. */
    mailsPerAccount: Count,
    mailboxReadsPerAccount: Count,
    /** A minute and an account: looks into the list of accounts. */
    userReadsPerAccount: Count,
    /** KiB of sealed letters that wait for one account. */
    mailboxKib: Count,
    /** An account: channels that it made, devices that it registered, peers online at once, events sockets, sessions. */
    channelsPerAccount: Count,
    devicesPerAccount: Count,
    peersPerAccount: Count,
    socketsPerAccount: Count,
    sessionsPerAccount: Count,
    /** A day and an account: channels that it makes and joins, devices that it registers, certificates, KiB of letters. */
    channelsPerDay: Count,
    joinsPerDay: Count,
    devicesPerDay: Count,
    certificatesPerDay: Count,
    letterKibPerDay: Count,
    /** Accounts that are made in a day: from one address, and in all; and how many may wait for approval. */
    registrationsPerAddressADay: Count,
    registrationsPerDay: Count,
    pendingAccounts: Count,
    /** Guests that come in a day, in all. */
    guestsPerDay: Count,
    /** Connections in all. */
    connections: Count,
  },
  closed,
);
export type Limits = Static<typeof Limits>;

/** Of the relay for devices that cannot reach each other. */
export const RelaySettings = Type.Object(
  {
    enabled: Type.Boolean(),
    /** Circuits at once: in all, and that one account asked for; how many it may ask for in a minute. */
    circuits: Count,
    circuitsPerAccount: Count,
    asksPerMinute: Count,
    /** KiB a second: of one circuit, of all together, and of an account that has had its MiB of the day. */
    circuitKibPerSecond: Count,
    totalKibPerSecond: Count,
    mibPerDay: Count,
    slowKibPerSecond: Count,
  },
  closed,
);
export type RelaySettings = Static<typeof RelaySettings>;

const RELAYS_MAX = 16;

/** Of the form of the file. It rises when an earlier version would misread what a later one understands. */
const VERSION = 1;

export const Settings = Type.Object(
  {
    version: Type.Integer({ minimum: 1 }),
    name: Type.String({ minLength: 1, maxLength: 64 }),
    /** Shown on the login page and the dashboard. */
    welcome: Type.String({ maxLength: 2000 }),
    /**
     * Who makes an account: everybody, who has an invite, everybody whom an admin then approves, or nobody. `auto`: everybody where only
     * this machine gets in, else who has an invite.
     */
    registration: Type.Enum(['auto', 'open', 'invite', 'approval', 'closed']),
    /** Whether people without an account are let in, each for one visit. */
    guests: Type.Boolean(),
    /** Whom the list of accounts shows: `shared-channels` leaves out who is in no channel with the one who asks but those that all are in. */
    userList: Type.Union([Type.Literal('everyone'), Type.Literal('shared-channels')]),
    /** Made on the first start, besides the permanent ones. */
    initialChannels: Type.Array(Type.String({ pattern: CHANNEL_PATTERN }), { maxItems: 100 }),
    /** Reverse proxies whose X-Forwarded-For, -Host, -Proto and -Prefix are believed: addresses, CIDR blocks, `loopback`. */
    trustedProxies: Type.Array(Type.String({ maxLength: 64 }), { maxItems: 32 }),
    /** Addresses of all trackers with a copy of this data, this one too, as peers reach them: they are told to peers. */
    trackers: Type.Array(Type.String({ maxLength: 512 }), { maxItems: TRACKERS_MAX }),
    limits: Limits,
    relay: RelaySettings,
    /** Relays on machines of their own, as they print their addresses. They come first; the tracker's own is for when none has room. */
    relays: Type.Array(Type.String({ maxLength: 512 }), { maxItems: RELAYS_MAX }),
  },
  closed,
);
export type Settings = Static<typeof Settings>;

export type Registration = Exclude<Settings['registration'], 'auto'>;
/** As they hold at this start. */
export interface RunningSettings extends Settings {
  registration: Registration;
  /** As it was chosen, which may be `auto`. */
  chosen: Settings['registration'];
  /** Only this machine gets in: whoever does runs this tracker. */
  readonly isLocal: boolean;
}

export const defaultSettings: Settings = {
  version: VERSION,
  name: 'Parley',
  welcome: '',
  registration: 'auto',
  guests: false,
  userList: 'everyone',
  initialChannels: [...INITIAL_CHANNELS],
  trustedProxies: [],
  trackers: [],
  limits: {
    loginsPerAddress: 120,
    registrationsPerAddress: 60,
    deviceSignInsPerAddress: 1200,
    requestsPerAddress: 6000,
    failedLoginsPerAccount: 10,
    certificatesPerAccount: 60,
    mailsPerAccount: 240,
    mailboxReadsPerAccount: 600,
    userReadsPerAccount: 600,
    mailboxKib: MAILBOX_MAX / 1024,
    channelsPerAccount: 50,
    devicesPerAccount: 64,
    peersPerAccount: 32,
    socketsPerAccount: 32,
    sessionsPerAccount: 64,
    channelsPerDay: 20,
    joinsPerDay: 1_000,
    devicesPerDay: 24,
    certificatesPerDay: 500,
    letterKibPerDay: 512 * 1024,
    // A school in one afternoon, from one address; each account leaves about 1 KiB for good.
    registrationsPerAddressADay: 500,
    registrationsPerDay: 2_000,
    pendingAccounts: 500,
    // A school's visitors. Each leaves a name and a device for good, about 2 KiB: at most 400 MB a year.
    guestsPerDay: 500,
    connections: 20_000,
  },
  relay: {
    enabled: true,
    circuits: 512,
    circuitsPerAccount: 32,
    asksPerMinute: 60,
    circuitKibPerSecond: 2 * 1024,
    totalKibPerSecond: 12 * 1024,
    mibPerDay: 2 * 1024,
    slowKibPerSecond: 64,
  },
  relays: [],
};

const validator = Compile(Settings);

/** settings.json as it stands there, once it is read. */
export function settingsDocument(file: string): Low {
  return new Low<unknown>(
    new DataFile<unknown>(file, {
      // Some editors put a byte order mark before the text.
      parse: (text) => JSON.parse(text.replace(/^\uFEFF/, '')) as unknown,
      stringify: (data) => JSON.stringify(data, null, 2),
    }),
    structuredClone(defaultSettings),
  );
}

/**
 * Reads settings.json, or writes it with the defaults for a person to edit. Fields left out have their default. A file
 * that cannot be used is never written to.
 */
export async function loadSettings(file: string): Promise<Settings> {
  const document = settingsDocument(file);
  if ((await readIfThere(file)) === undefined) {
    await document.write();
    await chmod(file, SECRET_MODE);
    return defaultSettings;
  }
  try {
    await document.read();
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new StartError(`${file} is not valid JSON (${why}). Correct it, or remove it to start from the defaults.`);
  }
  return withDefaults(file, document.data);
}

/** With the default of each field that is left out. Errors: StartError. */
export function withDefaults(file: string, given: unknown): Settings {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    throw new StartError(`${file} must hold one JSON object. Correct it, or remove it to start from the defaults.`);
  }
  if ('version' in given && Number.isSafeInteger(given.version) && Number(given.version) > VERSION) {
    const next = 'Update Parley, or move the file away to start from the defaults.';
    throw new StartError(`${file} was written by a newer version of Parley. ${next}`);
  }
  const within = (key: 'limits' | 'relay'): unknown => {
    const value: unknown = key in given ? (given as Record<string, unknown>)[key] : {};
    return isPlain(value) ? { ...defaultSettings[key], ...value } : value;
  };
  const merged: unknown = { ...defaultSettings, ...given, limits: within('limits'), relay: within('relay') };
  if (validator.Check(merged)) return merged;
  const [first] = validator.Errors(merged);
  const field = fieldOf(first);
  throw new StartError(`${file}: ${field} ${first?.message ?? 'is not valid'}. Correct it and start again.`);
}

function fieldOf(error: { instancePath: string; params: object } | undefined): string {
  const path = (error?.instancePath ?? '').split('/').filter(Boolean);
  const extra = error && 'additionalProperties' in error.params ? error.params.additionalProperties : undefined;
  if (Array.isArray(extra)) path.push(String(extra[0]));
  return path.length > 0 ? path.join('.') : 'the file';
}

function isPlain(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
