/** Browser ↔ peer (SPEC.md section 8): webhooks of this daemon. */
import Type, { type Static } from 'typebox';

/** `in`: programs post here by its secret address. `out`: what is written is sent to a URL, signed with its secret. */
export const HookDirection = Type.Union([Type.Literal('in'), Type.Literal('out')]);

export const HookView = Type.Object({
  id: Type.String(),
  name: Type.String(),
  direction: HookDirection,
  /** Where it posts, or of which it tells; absent: of all. */
  conversation: Type.Optional(Type.String()),
  /** Where to it tells. */
  url: Type.Optional(Type.String()),
  /** Only what names the user is told. */
  mentions: Type.Optional(Type.Literal(true)),
  /** It may reach machines of the own network. */
  local: Type.Optional(Type.Literal(true)),
  created: Type.String(),
  /** Why the last delivery failed, and that it is tried again: a sentence for people. */
  problem: Type.Optional(Type.String()),
});
export type HookView = Static<typeof HookView>;

export const HookCreate = Type.Object({
  direction: HookDirection,
  name: Type.String({ maxLength: 64 }),
  /** Of `in` it has to be there. */
  conversation: Type.Optional(Type.String({ minLength: 1, maxLength: 80 })),
  /** Of `out`: http or https. */
  url: Type.Optional(Type.String({ maxLength: 2048 })),
  mentions: Type.Optional(Type.Boolean()),
  local: Type.Optional(Type.Boolean()),
});

/** `secret` is told this once. `path`: of `in`, where on this daemon programs post. */
export interface HookCreated {
  hook: HookView;
  secret: string;
  path?: string;
}
