/** Browser ↔ peer (SPEC.md section 8): what somebody says of themself. */
import Type, { type Static } from 'typebox';

/** What somebody says of what they are at: an emoji, a text, or both. */
export const StatusText = Type.Object({
  emoji: Type.Optional(Type.String()),
  text: Type.Optional(Type.String()),
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
    }),
  ),
  /** A program writes here, not a person. */
  bot: Type.Optional(Type.Boolean()),
  /** A PNG, JPEG or WebP image in base64, at most 12 KiB decoded: the window scales it down before. */
  picture: Type.Optional(Type.Union([Type.Null(), Type.String({ maxLength: 16_384 })])),
});
