/** Browser ↔ peer (SPEC.md section 8): what somebody says of themself. */
import Type, { type Static } from 'typebox';

/** What somebody says of what they are at: an emoji, a text, or both. `until`: it is over by then (ISO time). */
export const StatusText = Type.Object({
  emoji: Type.Optional(Type.String()),
  text: Type.Optional(Type.String()),
  until: Type.Optional(Type.String()),
});
export type StatusText = Static<typeof StatusText>;

/** What somebody says of themselves. `picture`: an address on this daemon. */
export interface ProfileView {
  username: string;
  name?: string;
  about?: string;
  status?: StatusText;
  picture?: string;
  bot?: true;
}

/** `profile.set`. */
export const ProfileChange = Type.Object({
  name: Type.Optional(Type.String({ maxLength: 64 })),
  about: Type.Optional(Type.String({ maxLength: 512 })),
  status: Type.Optional(
    Type.Object({
      emoji: Type.Optional(Type.String({ maxLength: 64 })),
      text: Type.Optional(Type.String({ maxLength: 128 })),
      /** Still to come; absent: until it is taken away. */
      until: Type.Optional(Type.String({ maxLength: 32 })),
      /** In place of `until`: so long from now. */
      minutes: Type.Optional(Type.Integer({ minimum: 1, maximum: 525_600 })),
    }),
  ),
  /** A program writes here, not a person. */
  bot: Type.Optional(Type.Boolean()),
  /** A PNG, JPEG or WebP image in base64, at most 12 KiB decoded: the window scales it down before. */
  picture: Type.Optional(Type.Union([Type.Null(), Type.String({ maxLength: 16_384 })])),
});
