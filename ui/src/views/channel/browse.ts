/** The channels to browse: those that the user is in, and the others, by what is typed. */
import type { ChannelView } from '../../../../protocol/local-api.js';
import type { Daemon } from '../../state/model.js';
import { allChannels } from '../../state/sidebar.js';
import { beginsWord, fold } from '../finding/fold.js';

export interface Browsed {
  readonly joined: readonly ChannelView[];
  readonly others: readonly ChannelView[];
}

/** Letters and digits, so that the marks of Markdown stand between no two words. */
function wordsOf(text: string): string {
  return fold(text).replace(/[^\p{L}\p{M}\p{N}]+/gu, ' ');
}

/** Names that begin so stand first; those whose topic alone holds the letters stand last. */
export function browsed(daemon: Daemon, filter: string): Browsed {
  const wanted = fold(filter.trim().replace(/^#/, ''));
  const rank = ({ name, title = name, topic }: ChannelView): number => {
    const shown = title.indexOf(wanted);
    if (shown >= 0) return shown === 0 ? 0 : beginsWord(title, shown) ? 1 : 2;
    const at = name.indexOf(wanted);
    if (at >= 0) return at === 0 ? 0 : beginsWord(name, at) ? 1 : 2;
    return wordsOf(topic).includes(wordsOf(wanted)) ? 3 : 4;
  };
  const found = allChannels(daemon)
    .map((channel) => ({ channel, rank: rank(channel) }))
    .filter((each) => each.rank < 4)
    .sort((a, b) => a.rank - b.rank)
    .map(({ channel }) => channel);
  return {
    joined: found.filter(({ joined }) => joined),
    others: found.filter(({ joined, state }) => !joined && !state),
  };
}
