/** Planted bugs of forgetting, and of what comes without its content. */
import type { Entry } from '../../../protocol/entry.js';
import { pruned } from '../../../protocol/entry.js';
import type { ErrorCode } from '../../../protocol/errors.js';
import type { MeshLink } from '../../../peer/mesh/mesh-options.js';
import type { Run } from '../../../peer/log/run.js';
import type { Machines, Surroundings } from '../machines.js';
import { around, replace, within, type Mutant } from '../planting.js';
import type { SimulatedContents } from './contents.js';

/** Over weeks, with all that goes wrong meanwhile. */
const WEEKS: Mutant['settings'] = { retention: 0.6, restored: 0, minutes: 2, entries: 250, channels: 2 };

/** Changes each session of the mesh once its link is up. */
const sessions = (change: (session: object, machines: Machines, given: Surroundings) => void): Mutant['parts'] =>
  within((machines, given) => {
    const { mesh } = machines;
    replace<[MeshLink], unknown>(mesh, 'up', (up) => (link) => {
      up(link);
      const session = (Reflect.get(mesh, 'sessions') as Map<number, object>).get(link.id);
      if (session) change(session, machines, given);
    });
  });

/** Believes rows without their content whoever gives them. */
const believing = (session: object): void => replace(session, 'entry', () => (entry: Entry) => entry);

const heldByAll = (change: (held: number | undefined) => number | undefined): Mutant['parts'] =>
  around(({ retention }) =>
    retention ? { retention: { ...retention, heldByAll: (id) => change(retention.heldByAll(id)) } } : {},
  );

const contents = (change: (contents: SimulatedContents) => void): Mutant['parts'] =>
  around(({ disk }) => {
    change(disk.contents);
    return {};
  });

export const retentionMutants: readonly Mutant[] = (
  [
    { name: 'forgets what nobody has acknowledged', parts: heldByAll(() => Number.MAX_SAFE_INTEGER) },
    { name: 'forgets one entry more than others hold', parts: heldByAll((held) => held && held + 1) },
    {
      name: 'forgets what has only just come',
      parts: contents((shelf) => replace(shelf, 'arrivedBy', () => () => Number.MAX_SAFE_INTEGER)),
    },
    {
      name: 'takes rows without their content from anybody',
      parts: sessions(believing),
    },
    {
      name: 'a row without its content takes the place of a whole one',
      parts: sessions((session, { log }, given) => {
        believing(session);
        replace<[Run, Entry], ErrorCode | undefined>(log, 'inbound.compare', (compare) => (run, entry) => {
          const { contents: shelf } = given.disk;
          const row = given.disk.at(entry.conversation, entry.device, entry.seq);
          if (entry.pruned && row && row.id === entry.id) shelf.put(pruned(row));
          return compare(run, entry);
        });
      }),
    },
    {
      name: 'gives rows without their content in others’ names',
      parts: sessions((session, { mesh }) => {
        replace(session, 'sender.gives', () => () => true);
        replace(mesh, 'options.log.pruned', () => () => 0);
      }),
    },
    {
      name: 'never asks for what came without its content',
      parts: within(({ mesh }) => replace(mesh, 'sync.asking.contents.tick', () => () => undefined)),
    },
    {
      name: 'takes back what it had forgotten',
      parts: contents((shelf) =>
        replace<Parameters<SimulatedContents['step']>, ReturnType<SimulatedContents['step']>>(
          shelf,
          'step',
          (step) =>
            (...given) => {
              const result = step(...given);
              for (const id of shelf.forgotten) shelf.wait(id);
              return result;
            },
        ),
      ),
    },
  ] satisfies readonly Mutant[]
).map((mutant) => ({ ...mutant, settings: WEEKS }));
