/** Bodies of the tracker's mailbox calls (SPEC.md section 6). */
import Type, { type Static } from 'typebox';
import { DEVICE_ID_LENGTH, MAILBOX_PAGE_MAX } from './limits.js';
import { Prekey, PrekeyField } from './mailbox-prekey.js';
import { SEALED_MAX } from './sealed.js';

const DeviceField = Type.String({ pattern: `^[A-Za-z0-9_-]{${DEVICE_ID_LENGTH}}$` });
const MailId = Type.String({ pattern: '^[A-Za-z0-9_-]{1,64}$' });
/** Sealed bytes, base64url. */
const Blob = Type.String({ pattern: '^[A-Za-z0-9_-]+$', maxLength: Math.ceil((SEALED_MAX * 4) / 3) });
const Certificate = Type.String({ maxLength: 8192 });

/** A body of `POST /mailbox/:username` may be larger than others. */
export const MAIL_BODY_MAX = Math.ceil((SEALED_MAX * 4) / 3) + 1024;
/** Prekeys in one answer. */
export const PREKEYS_MAX = 64;

/** `POST /mailbox/:username`: for one device, sealed to its current prekey. */
export const PostMail = Type.Object({ device: DeviceField, prekey: PrekeyField, blob: Blob });
export type PostMail = Static<typeof PostMail>;

/** `GET /mailbox`: the letters for one of the caller's devices, oldest first. */
export const GetMail = Type.Object({ device: DeviceField, after: Type.Optional(MailId) });
export type GetMail = Static<typeof GetMail>;

export const Mail = Type.Object({ id: MailId, prekey: PrekeyField, blob: Blob });
export type Mail = Static<typeof Mail>;

export const MailPage = Type.Object({
  status: Type.Literal('success'),
  mails: Type.Array(Mail, { maxItems: MAILBOX_PAGE_MAX }),
  /** More lie behind the last of these. */
  more: Type.Boolean(),
  /** The prekey that is handed out for the device, if there is one: a device whose newest is another publishes that. */
  prekey: Type.Optional(PrekeyField),
});
export type MailPage = Static<typeof MailPage>;

/** `POST /mailbox/ack`: durable at the device, so the tracker removes them. Ids of others and unknown ids are ignored. */
export const AckMail = Type.Object({
  device: DeviceField,
  ids: Type.Array(MailId, { maxItems: MAILBOX_PAGE_MAX }),
});
export type AckMail = Static<typeof AckMail>;

/** `GET /prekeys`: of a user's devices, or of a channel's members, those published last first. */
export const GetPrekeys = Type.Object({
  username: Type.Optional(Type.String({ maxLength: 64 })),
  channel: Type.Optional(Type.String({ maxLength: 64 })),
});
export type GetPrekeys = Static<typeof GetPrekeys>;

/** With the newest certificate of its device, PEM. */
export const PublishedPrekey = Type.Object({ ...Prekey.properties, certificate: Certificate });
export type PublishedPrekey = Static<typeof PublishedPrekey>;

export const PrekeyList = Type.Object({
  status: Type.Literal('success'),
  prekeys: Type.Array(PublishedPrekey, { maxItems: PREKEYS_MAX }),
});
export type PrekeyList = Static<typeof PrekeyList>;
