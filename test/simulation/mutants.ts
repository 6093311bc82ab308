/**
 * Planted bugs: each replaces one part of the real machines, or of what they stand on, by one that is subtly wrong. A
 * simulation that lets one of them pass proves nothing.
 */
import type { Entry } from '../../protocol/entry.js';
import type { ConversationId, DeviceId } from '../../protocol/ids.js';
import type { SignedReceipt } from '../../protocol/receipt-messages.js';
import type { Run } from '../../peer/log/run.js';
import type { ReceiptRelay } from '../../peer/mesh/signed-receipts.js';
import { clockMutants, forkMutants } from './device-mutants.js';
import { floodMutants } from './flood-mutants.js';
import { fileMutants } from './files/file-mutants.js';
import { startMachines, type Machines } from './machines.js';
import { rangeMutants } from './range-mutants.js';
import { reachMutants } from './reach-mutants.js';
import { around, diskWith, replace, within, type Mutant } from './planting.js';
import { retentionMutants } from './retention/retention-mutants.js';
import type { Settings } from './settings.js';
import { Simulation, type Outcome } from './simulation.js';

export interface Hunt {
  readonly name: string;
  /** The run that caught it; undefined when it got away. */
  readonly outcome: Outcome | undefined;
  readonly seeds: number;
}

/** The same run without the bug. @returns what it violates as well: then to have noticed it proves nothing */
export async function sameWithout({ outcome }: Hunt): Promise<string | undefined> {
  if (!outcome) return undefined;
  const { violations } = await new Simulation(outcome.settings, {}).run();
  return violations[0];
}

/** Small, and of every kind of trouble. */
export const HUNTING: Omit<Settings, 'seed'> = {
  peers: 14,
  entries: 400,
  churn: 0.2,
  channels: 5,
  direct: 0.25,
  hostile: 2,
  flooding: 0,
  routers: 0,
  hidden: 0,
  files: 0,
  retention: 0,
  restored: 2,
  minutes: 0.7,
  sample: 0,
  signatures: 'cheap',
  freeze: false,
};

/** Runs seed after seed until the bug is caught. */
export async function hunt({ name, parts, settings }: Mutant, seed: number, seedsMax: number): Promise<Hunt> {
  for (let i = 0; i < seedsMax; i++) {
    const outcome = await new Simulation({ ...HUNTING, ...settings, seed: seed + i }, parts).run();
    if (outcome.violations.length > 0) return { name, outcome, seeds: i + 1 };
  }
  return { name, outcome: undefined, seeds: seedsMax };
}

interface End {
  readonly seq: number;
}

export const mutants: readonly Mutant[] = [
  {
    name: 'acknowledges before the sync',
    parts: around(({ disk, clock }) => ({
      disk: diskWith(disk, {
        sync(done) {
          disk.sync(() => {});
          clock.soon(() => done());
        },
      }),
    })),
  },
  {
    name: 'claims and serves what is written but not durable',
    parts: {
      start(given) {
        const { disk } = given;
        const machines: Machines = startMachines({
          ...given,
          disk: diskWith(disk, {
            write(entries, posted) {
              disk.write(entries, posted);
              for (const { conversation, device, seq } of entries)
                machines.heads.advance(new Map([[conversation, new Map([[device, seq]])]]));
            },
          }),
        });
        return machines;
      },
    },
  },
  {
    name: 'drops the gap check',
    parts: within(({ log }) => {
      replace<[Run, Entry], unknown>(log, 'inbound.extend', (extend) => (run, entry) => {
        const before = run.entries.length;
        const code = extend(run, entry);
        const end = Reflect.get(log, 'committer') as { ends: { get(c: string, d: string): End | undefined } };
        const last = run.entries.at(-1)?.seq ?? end.ends.get(entry.conversation, entry.device)?.seq ?? 0;
        if (code === undefined && run.entries.length === before && entry.seq > last + 1) run.push(entry);
        return code;
      });
      acceptAnything(log);
    }),
  },
  {
    name: 'accepts an unsigned tail',
    parts: within(({ log }) => {
      replace(log, 'inbound.prove', () => (run: Run) => {
        const proven = run.shift(run.entries.length);
        const { out } = Reflect.get(log, 'inbound') as { out: { proven(entries: Entry[]): void } };
        if (proven.length > 0) out.proven(proven);
      });
    }),
  },
  {
    name: 'believes every signature',
    parts: around(({ keys, clock }) => ({
      keys: { ...keys, verify: (_device, _id, _sig, done) => clock.soon(() => done(true)) },
    })),
  },
  {
    name: 'ignores prev',
    parts: within(({ log }) => {
      replace<[Run, Entry], unknown>(log, 'inbound.extend', (extend) => (run, entry) => {
        const { ends } = Reflect.get(log, 'committer') as {
          ends: { get(c: string, d: string): Partial<Entry> | undefined };
        };
        const last = run.entries.at(-1) ?? ends.get(entry.conversation, entry.device);
        if (last?.seq === undefined || entry.seq !== last.seq + 1) return extend(run, entry);
        run.push(entry);
        return undefined;
      });
      acceptAnything(log);
    }),
  },
  {
    name: 'asks once for what it lacks, and never anybody else',
    parts: within(({ mesh }) => {
      const asked = new Set<string>();
      replace<[string, string, ...unknown[]], unknown>(
        mesh,
        'sync.asking.wants.update',
        (update) =>
          (conversation, device, ...rest) => {
            const key = `${conversation} ${device}`;
            const ask = asked.has(key) ? undefined : update(conversation, device, ...rest);
            if (ask !== undefined) asked.add(key);
            return ask;
          },
      );
    }),
  },
  {
    name: 'does not dial again after a lost link',
    parts: around(({ dialler }) => {
      const dialled = new Set<DeviceId>();
      return {
        dialler: {
          ...dialler,
          dial(target) {
            if (dialled.has(target.device)) return new Promise(() => {});
            dialled.add(target.device);
            return dialler.dial(target);
          },
        },
      };
    }),
  },
  {
    name: 'tells of conversations that are not shared',
    parts: within(({ mesh }) => {
      replace(mesh, 'sync.sharing.isShared', () => () => true);
      replace(
        mesh,
        'sync.sharing.all',
        () => () =>
          new Set((Reflect.get(mesh, 'options') as { log: { conversations(): Iterable<string> } }).log.conversations()),
      );
    }),
  },
  {
    name: 'goes on telling somebody who has left',
    parts: within(({ mesh }) => replace(mesh, 'sync.theyLeft', () => () => undefined)),
  },
  { name: 'orders by arrival', parts: { order: () => 0 } },
  {
    name: 'forgets what it had seen when it writes',
    parts: within(({ log }) => {
      replace<[string], object>(log, 'committer.places.before', (before) => (conversation) => ({
        ...before(conversation),
        newest: undefined,
      }));
    }),
  },
  {
    name: 'shows its history again after a restart',
    parts: within((_machines, { disk, added }) => {
      for (const conversation of disk.conversations()) added(conversation, disk.all(conversation), false, new Map());
    }),
  },
  {
    name: 'writes before its lost tail is back',
    parts: within(({ log }) => replace(log, 'ownTail', () => () => undefined)),
  },
  {
    name: 'shows as delivered one entry too many',
    parts: around(({ receipt }) => ({
      receipt: (conversation, word) => receipt(conversation, { ...word, seq: word.seq + 1 }),
    })),
  },
  {
    name: 'believes a receipt whoever has signed it',
    settings: { peers: 40, hostile: 6, churn: 0.4 },
    parts: within(({ mesh }) => {
      const relay = Reflect.get(mesh, 'receipts') as ReceiptRelay;
      const take = Reflect.get(relay, 'take') as (...given: unknown[]) => void;
      replace<[number, ConversationId, DeviceId, SignedReceipt, number], unknown>(
        relay,
        'check',
        () => (link, conversation, author, receipt, at) =>
          take.call(relay, conversation, author, { ...receipt, from: link, at }),
      );
    }),
  },
  {
    name: 'forgets what a repeated post became',
    parts: around(({ disk }) => ({ disk: diskWith(disk, { posted: () => undefined }) })),
  },
  ...clockMutants,
  {
    name: 'keeps what belongs to lost links',
    parts: within(({ mesh }) => replace(mesh, 'sync.linkDown', () => () => undefined)),
  },
  ...forkMutants,
  ...rangeMutants,
  ...floodMutants,
  ...fileMutants,
  ...reachMutants,
  ...retentionMutants,
];

/** The second line of defence is taken away too. */
function acceptAnything(log: Machines['log']): void {
  const committer = Reflect.get(log, 'committer') as {
    ends: { get(c: string, d: string): End | undefined; set(c: string, d: string, end: object): void };
    proven: Entry[];
    schedule(): void;
  };
  replace(committer, 'accept', () => (entries: readonly Entry[]) => {
    for (const entry of entries) {
      const { conversation, device, seq, id } = entry;
      if (seq <= (committer.ends.get(conversation, device)?.seq ?? 0)) continue;
      committer.proven.push(entry);
      committer.ends.set(conversation, device, { seq, id });
    }
    committer.schedule();
  });
}
