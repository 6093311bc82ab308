/** The messages by which two devices agree to connect to each other at the same moment (SPEC.md section 13), over their relayed link. */
import Type, { type Static } from 'typebox';

/** The feature of those who can. */
export const PUNCH_FEATURE = 'punch/1';

/** Where the tracker sees a connection that comes from the port that will be used. An IP address; port as TCP has it. */
export const SeenAt = Type.Object({
  host: Type.String({ pattern: '^[0-9a-fA-F.:]{2,45}$' }),
  port: Type.Integer({ minimum: 1, maximum: 65_535 }),
});
export type SeenAt = Static<typeof SeenAt>;

/** Counts up; of one device none is used twice on a link. */
const Attempt = Type.Integer({ minimum: 1, maximum: 2 ** 31 - 1 });
const type = Type.Literal('punch');

/** The follower asks the leader to begin: its network is another one. */
const Call = Type.Object({ type, step: Type.Literal('call') });
const Offer = Type.Object({ type, step: Type.Literal('offer'), attempt: Attempt, seen: SeenAt });
/** `ms`: how long the answer took where it was made, so that what is left is the way of the messages. */
const Answer = Type.Object({
  ...{ type, step: Type.Literal('answer'), attempt: Attempt, seen: SeenAt },
  ms: Type.Integer({ minimum: 0, maximum: 60_000 }),
});
const Go = Type.Object({ type, step: Type.Literal('go'), attempt: Attempt });
/** `code`: one of `RefusalCode`, or one of a later version. */
const Refuse = Type.Object({
  ...{ type, step: Type.Literal('refuse'), attempt: Attempt },
  code: Type.String({ minLength: 1, maxLength: 32 }),
});

export const Punch = Type.Union([Call, Offer, Answer, Go, Refuse]);
export type Punch = Static<typeof Punch>;

/**
 * `busy`, and `no_reflector` (it could not learn where it is seen): soon again. `too_often`: not for a while. `bad_address`: nobody connects to
 * the offered one. `hard`: its router uses another port for each destination.
 */
export type RefusalCode = 'busy' | 'too_often' | 'no_reflector' | 'bad_address' | 'hard';
