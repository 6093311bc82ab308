/** `parley users`: everybody known here, and how present they are. */
import type { CommandModule } from 'yargs';
import type { PersonView } from '../../protocol/local-api.js';
import { withJson, withProfile, type PrintFlags } from './profile-options.js';

const command: CommandModule<object, PrintFlags> = {
  command: 'users',
  describe: 'Print everybody who is known here, and how present they are, by the peer that runs',
  builder: (yargs) => withJson(withProfile(yargs)),
  handler: run,
};

export default command;

async function run({ json = false, ...flags }: PrintFlags): Promise<void> {
  const [{ RunningPeer }, { Output }, { safeJson, safeLine }] = await Promise.all([
    import('../process/running-peer.js'),
    import('../terminal/output.js'),
    import('../terminal/safe-text.js'),
  ]);
  const output = new Output();
  const peer = await RunningPeer.find(flags);
  try {
    const { people } = await peer.run('people.list', {});
    const wide = Math.max(0, ...people.map(({ username }) => username.length));
    const sorted = people.toSorted((a, b) => (a.username.toLowerCase() < b.username.toLowerCase() ? -1 : 1));
    for (const person of sorted)
      await output.write(json ? safeJson(person) : `${person.username.padEnd(wide)}  ${safeLine(facts(person))}`);
    await output.flush();
  } finally {
    await peer.close();
  }
}

function facts({ presence, link, name, status }: PersonView): string {
  const said = [status?.emoji, status?.text].filter((part) => part !== undefined && part !== '').join(' ');
  return [presence, ...(link === 'self' ? ['you'] : []), name ?? '', said].filter(Boolean).join('  ');
}
