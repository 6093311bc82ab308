/** What the two sides of a link say of their channels (SPEC.md sections 4 and 5): which they are in, and who pushes what of them. */
import Type, { type Static } from 'typebox';
import type { ChannelName } from './ids.js';
import { CHANNEL_PATTERN } from './limits.js';

/** A channel's name. */
export const Channel = Type.Unsafe<ChannelName>(Type.String({ pattern: CHANNEL_PATTERN }));

/** The link's user is in the channel from now on. */
export const Joined = Type.Object({ type: Type.Literal('joined'), channel: Channel });
export type Joined = Static<typeof Joined>;

/** The link's user has left the channel. */
export const Left = Type.Object({ type: Type.Literal('left'), channel: Channel });
export type Left = Static<typeof Left>;

/** The feature of those who pass entries on along a tree. */
export const TREE_FEATURE = 'tree';
/** The feature of those who pass receipts on, against the way of the entries. */
export const RECEIPTS_FEATURE = 'receipts';

/** What one side pushes of a channel without being asked for each entry: all that is new there, its own log, or nothing. */
export const Pushed = Type.Union([Type.Literal('all'), Type.Literal('own'), Type.Literal('none')]);
export type Pushed = Static<typeof Pushed>;

/** What the other side is to push of a channel from now on. */
export const Push = Type.Object({ type: Type.Literal('push'), channel: Channel, what: Pushed });
export type Push = Static<typeof Push>;
