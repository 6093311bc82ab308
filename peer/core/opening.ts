/** Opens what a peer keeps on its disk, in the one order in which that is safe, and mends what was damaged. */
import { join } from 'node:path';
import { ParleyError } from '../../protocol/errors.js';
import type { PeerConfig } from '../config.js';
import { endAuthority, forgetAuthority } from '../identity/former.js';
import { Identity } from '../identity/identity.js';
import { Lineage } from '../identity/lineage.js';
import {
  forgetRetirement,
  hasKey,
  noteRetirement,
  retireKey,
  retiredDevices,
  retirementNoted,
} from '../identity/retire.js';
import type { Log } from '../services.js';
import { Continuity, type ContinuityOptions } from './continuity.js';
import type { Document } from '../settings/document.js';
import { openSecrets, type Secrets } from '../settings/secrets.js';
import { openSettings, type Settings } from '../settings/settings.js';
import type { Repaired } from '../store/repair.js';
import { Store } from '../store/store.js';
import { readIfThere } from '../identity/files.js';
import { caFingerprint } from '../settings/pins.js';
import { boardOf, forgetPeople, tellUnheard } from '../settings/anew.js';

export interface OpenParts {
  readonly store: Store;
  readonly identity: Identity;
  continuity(notices: ContinuityOptions['notices'], over: () => void): Continuity;
  readonly settings: Document<Settings>;
  readonly secrets: Document<Secrets>;
}

/**
 * @param damaged the history turned out to be damaged, now or later: open the peer anew to have it repaired
 * @throws ParleyError `unavailable` when another process has the data directory, `storage_damaged`; SettingsError
 */
export async function openParts(config: PeerConfig, log: Log, damaged: () => void): Promise<OpenParts> {
  const { dataDir, username } = config;
  const keys = join(dataDir, 'identity');
  // First the store: it holds the lock on the directory.
  const store = new Store({
    directory: dataDir,
    keyed: hasKey(keys),
    now: Date.now(),
    cacheKib: config.storeCacheKib,
    timers: { setTimeout, clearTimeout: (timer) => clearTimeout(timer as NodeJS.Timeout) },
    failed: (err) => log.error({ err }, 'background work on the history failed'),
    damaged: (err) => {
      log.error({ err }, 'the history on this disk is damaged');
      damaged();
    },
  });
  try {
    const { repaired } = store;
    const cut = !repaired && (await hasCut(store, keys, config));
    const renewed = cut || (repaired !== undefined && !repaired.forks && (await mustRenewKey(repaired, keys, config)));
    let lineage = await Lineage.open(keys, store.runMark);
    // What was repaired may have lost its mark, and has shown otherwise that nothing is missing.
    const isWhole = repaired !== undefined || lineage.isWhole;
    // Without a key the note is of a backup that was restored, which brings none.
    const restored = !renewed && ((hasKey(keys) && !isWhole) || (await retirementNoted(keys)));
    if (renewed || restored) {
      store.forgetOwnLogs();
      await retireKey(keys, Date.now());
    }
    const [settings, secrets] = await Promise.all([openSettings(dataDir, log), openSecrets(dataDir, log)]);
    checkOwner(settings, config);
    await followPin(keys, username, settings, store, log);
    const newKey = !hasKey(keys);
    const identity = await Identity.open({ directory: keys, username });
    store.setEra(identity.formers.length);
    if (cut) await tellCut(settings, log);
    if (repaired) {
      if (!repaired.forks) await tell(repaired, renewed, settings, log);
      repaired.done();
    }
    if (restored || (await retirementNoted(keys))) {
      await tellRestored(identity, settings, log);
      await forgetRetirement(keys);
    }
    const retired = await retiredDevices(keys);
    if (newKey) lineage = await Lineage.open(keys, store.runMark);
    // A full disk keeps nobody from reading: nothing is written under the old mark before there is room again.
    await lineage.advance('start').catch((error: unknown) => {
      if (!isFull(error)) throw error;
      log.warn({}, 'the disk is full: this start is not marked in the lineage');
    });
    return {
      ...{ store, identity, settings, secrets },
      continuity: (notices, over) =>
        new Continuity({
          ...{ lineage, newKey, retired, store, notices, log, over, after },
          device: identity.device,
          retire: () => noteRetirement(keys),
        }),
    };
  } catch (error) {
    store.close();
    throw error;
  }
}

/** A history without a key, as of a backup that was restored, would else become anybody's. @throws ParleyError bad_request */
function checkOwner({ data }: Document<Settings>, { username, dataDir }: PeerConfig): void {
  const owner = data.username;
  if (owner === undefined || owner.toLowerCase() === username.toLowerCase()) return;
  const text = `The messages in ${dataDir} are those of ${owner}. Start with --username ${owner}, or name another --data-dir.`;
  throw new ParleyError('bad_request', text);
}

/** By the system's word or the store's. */
function isFull(error: unknown): boolean {
  const { code } = error as { code?: unknown };
  return code === 'storage_full' || code === 'ENOSPC' || code === 'EDQUOT';
}

/** An earlier version cut a text of this device, or wrote what others refuse: nobody can be given its log beyond that. */
async function hasCut(store: Store, directory: string, { username }: PeerConfig): Promise<boolean> {
  if (!hasKey(directory)) return false;
  const { device } = await Identity.open({ directory, username });
  return store.hasCut(device);
}

/** A key whose log has lost an entry would sign another one in its place: others would hold both, for ever. */
async function mustRenewKey(repaired: Repaired, directory: string, { username }: PeerConfig): Promise<boolean> {
  // Put away by a start that did not come to its end.
  if (!hasKey(directory)) return true;
  const { device } = await Identity.open({ directory, username });
  return !repaired.ownLogsWhole(device);
}

/**
 * The user has said that their tracker was set up anew: another authority is pinned than the one that this device lived
 * under. That one ends, and the device goes on under a new key (docs/decisions/tracker-anew.md). What says so goes last, so
 * that a process that dies on the way begins again.
 */
async function followPin(
  keys: string,
  username: PeerConfig['username'],
  settings: Document<Settings>,
  store: Store,
  log: Log,
): Promise<void> {
  const { ca } = settings.data.pins;
  const lived = await readIfThere(join(keys, 'ca.pem'));
  if (ca === undefined || lived === undefined || caFingerprint(lived) === ca) return;
  const now = Date.now();
  log.warn({ ca }, 'the tracker was set up anew: this device goes on under a new key');
  if (hasKey(keys)) {
    const { device } = await Identity.open({ directory: keys, username });
    tellUnheard(store.marks.unheard(device), settings, now);
  }
  await endAuthority(keys, now);
  store.forgetOwnLogs();
  store.forgetAddresses();
  await retireKey(keys, now);
  forgetPeople(settings, now);
  await settings.flush();
  await forgetAuthority(keys);
}

async function tellCut(settings: Document<Settings>, log: Log): Promise<void> {
  const text =
    'An earlier version let this device write something that others do not take. Your history is all here; the device goes ' +
    'on under a new key, so that others receive what you write from now on. Nothing is left for you to do.';
  log.warn({}, text);
  boardOf(settings).raise({ id: 'history_cut', level: 'warning', code: 'history_cut', text });
  await settings.flush();
}

async function tellRestored({ device }: Identity, settings: Document<Settings>, log: Log): Promise<void> {
  const text =
    'This profile was restored from a backup, or copied to another place, so it goes on here as a new device: others are ' +
    'told so. What was written elsewhere since then comes back from the others, and nothing written here is lost. If ' +
    'you did not do that yourself, see the devices of your account.';
  log.warn({ device }, text);
  boardOf(settings).raise({ id: `restored:${device}`, level: 'warning', code: 'restored', text });
  await settings.flush();
}

async function tell(repaired: Repaired, renewed: boolean, settings: Document<Settings>, log: Log): Promise<void> {
  const { why, aside, entries } = repaired;
  const found = aside === undefined ? 'The history of this device was gone' : 'The history on this disk was damaged';
  const kept =
    aside === undefined
      ? ''
      : ` ${String(entries)} messages were sound and have been kept; the damaged file is ${aside}.`;
  const key = renewed
    ? ' Something that this device wrote may be missing, so it goes on as a new device: others are told so, and messages ' +
      'that nobody else had received are lost.'
    : ' All that this device wrote is there.';
  const text = `${found}.${kept} The rest comes back from the others.${key} Check the disk.`;
  log.error({ why, aside, entries, newKey: renewed }, text);
  boardOf(settings).raise({ id: `history_mended:${aside ?? 'gone'}`, level: 'error', code: 'storage_damaged', text });
  await settings.flush();
}

function after(ms: number, work: () => void): () => void {
  const timer = setTimeout(work, ms);
  return () => clearTimeout(timer);
}
