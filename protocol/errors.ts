/**
 * The table of all errors (SPEC.md section 11). Each interface translates a code in one place: the tracker to an HTTP status,
 * the link to an `error` or `handshake_refused` line, the UI server to a result. Every message says what to do next.
 */
import { linkRows, type ErrorRow } from './link-errors.js';

const rows = {
  bad_request: { http: 400, message: 'That request is not valid. Check its fields against the documentation.' },
  bad_text: {
    http: 400,
    message: 'The text holds a NUL or half of a character, which cannot be kept. Take it out, then try again.',
  },
  bad_json: { http: 400, message: 'That is not valid JSON. Send one JSON object.', fatal: true },
  bad_name: { http: 400, message: 'Names are 1 to 32 letters, digits, "_" or "-". Choose another one.' },
  bad_channel: {
    http: 400,
    message: 'Channel names are 1 to 32 lower-case letters, digits, "_" or "-". Choose another one.',
  },
  bad_password: {
    http: 400,
    message: 'A password has at least 8 characters, and at most 256 bytes. Choose another one.',
  },
  bad_csr: { http: 400, message: 'The certificate request is not valid for this account and device. Make a new one.' },
  not_signed_in: { http: 401, message: 'Sign in first.' },
  session_elsewhere: {
    http: 401,
    message:
      'This session belongs to a tracker that does not answer now. Sign in again, or wait until that tracker is back.',
    retryable: true,
  },
  invalid_credentials: { http: 401, message: 'That name and password do not match. Try again, or register.' },
  bad_challenge: {
    http: 401,
    message: 'That challenge is over, or is not of this tracker and device. Ask for another one.',
    retryable: true,
  },
  device_unknown: {
    http: 401,
    message: 'This tracker does not know that device, or its key has not signed. Sign in with the password.',
  },
  device_signed_out: {
    http: 401,
    message: 'This device has been signed out, or the password has changed since. Sign in with the password.',
  },
  account_missing: {
    http: 409,
    message:
      'This tracker has lost the account of this device, as after an old backup. Create the account again here: this ' +
      'device and its history stay.',
  },
  password_unsure: {
    http: 503,
    message: 'The tracker stopped answering, so the password may be changed. Try the new one, then the old one.',
  },
  account_unknown: {
    http: 401,
    message:
      'The tracker does not take this password any more, though it once did. If its data was lost, create the account ' +
      'again here: this device and its history stay. If the password was changed elsewhere, use the new one.',
  },
  invite_needed: {
    http: 403,
    message:
      'New accounts need an invite here. Enter the code of one, or ask an admin of this tracker for an invite link.',
  },
  invite_over: {
    http: 403,
    message:
      'That invite code opens nothing: it is mistyped, used up, over or revoked. Check it, or ask for a new invite.',
  },
  account_pending: {
    http: 403,
    message: 'This account waits for an admin of this tracker. Ask one, then sign in again.',
  },
  account_disabled: {
    http: 403,
    message:
      'This account has been disabled by an admin of this tracker. Ask one of them; what is on your devices stays.',
    retryable: true,
  },
  not_admin: { http: 403, message: 'Only admins of this tracker may do that. Ask one of them, or sign in as one.' },
  last_admin: { http: 409, message: 'This is the last admin of this tracker. Make somebody else an admin first.' },
  reset_over: { http: 403, message: 'That link was used, is over, or is not whole. Ask an admin for a new one.' },
  forbidden: { http: 403, message: 'This session may not do that for another user. Sign in as that user.' },
  foreign_origin: {
    http: 403,
    message: 'This address is not one that the server answers to. Use the address that it printed at its start.',
  },
  permanent_channel: { http: 403, message: 'Everyone is in this channel; it cannot be left. Mute it instead.' },
  channel_archived: {
    http: 403,
    message:
      'This channel is archived: it can be read, and nothing new is written there. Ask an admin to take it from the archive.',
  },
  channel_deleted: {
    http: 410,
    message: 'This channel was deleted by an admin. Your history of it stays on your devices; write somewhere else.',
  },
  not_member: { http: 403, message: 'You are not in this conversation. Join it first.' },
  not_found: { http: 404, message: 'There is nothing here by that name. Check the spelling.' },
  unknown_user: { http: 404, message: 'Nobody has that name here. Check the spelling.' },
  user_unchecked: {
    http: 503,
    message:
      'Nobody of that name is known here yet, and it cannot be checked while the tracker is away. Try again when it is back.',
    retryable: true,
  },
  name_taken: { http: 409, message: 'That name is taken. Choose another one, or sign in with its password.' },
  name_confusable: {
    http: 409,
    message: 'That name looks too much like one that is taken here. Choose one that nobody can mistake for it.',
  },
  channel_confusable: {
    http: 409,
    message: 'That name looks too much like a channel that exists. Join that one, or choose a name that differs more.',
  },
  device_taken: {
    http: 409,
    message: 'This device belongs to another account. Start the peer with another --data-dir.',
  },
  too_large: { http: 413, message: 'That is too large. Send something smaller, or send it as a file.', fatal: true },
  file_too_large: { http: 413, message: 'That file is larger than what is taken here. Send it in parts.' },
  unsupported_media_type: { http: 415, message: 'That type of content is not taken here. Send application/json.' },
  file_not_here: {
    http: 404,
    message: 'That file is not here yet. Fetch it, and ask again once it has come.',
    retryable: true,
  },
  file_gone: {
    http: 404,
    message: 'That file is not there any more. Fetch it from another member, or ask its author.',
  },
  wrong_offset: {
    http: 409,
    message: 'The file goes on from another byte. Ask how much of it has come, then send from there.',
    retryable: true,
  },
  range_not_there: { http: 416, message: 'The file is shorter than that. Ask for a range within it.' },
  file_wrong: {
    http: 409,
    message:
      'What came is not the file that the message promises. It was thrown away; ask its author to send it again.',
  },
  quota_full: {
    http: 503,
    message:
      'Files fill the space that the settings give them. Clean some of them, or raise the quota; it goes on by itself.',
    retryable: true,
  },
  rate_limited: { http: 429, message: 'Too many attempts. Wait a moment, then try again.', retryable: true },
  ahead_of_rate: {
    http: 429,
    message: 'You have written far more than others take at once. What is written is kept; wait, then go on.',
    retryable: true,
  },
  unavailable: { http: 503, message: 'Not available right now. Try again in a moment.', retryable: true },
  tracker_unreachable: {
    http: 503,
    message: 'The tracker does not answer. Check its address, and that it is running.',
    retryable: true,
  },
  storage_full: {
    http: 503,
    message: 'The disk is full; nothing was saved. Make room, then send again.',
    retryable: true,
  },
  storage_damaged: {
    http: 503,
    message: 'The history on this disk is damaged. It is being mended; try again in a moment.',
    retryable: true,
  },
  storage_failed: { http: 503, message: 'The history could not be written. See the log of the peer.', retryable: true },
  clock_wrong: {
    http: 503,
    message: 'The clock of this machine is wrong. Set it, then send again.',
    retryable: true,
  },
  tracker_clock_wrong: {
    http: 503,
    message:
      "The tracker's clock is wrong, so that its certificate for this device does not cover today. Ask whoever runs the " +
      'tracker to set its clock, then send again.',
    retryable: true,
  },
  clocks_differ: {
    http: 503,
    message:
      "This clock and the tracker's differ, so that the certificate of this device does not cover today. See which of them " +
      'is wrong and have it set, then send again.',
    retryable: true,
  },
  certificate_ended: {
    http: 503,
    message:
      'The certificate of this device has ended. The tracker renews it as soon as it is reached: see that it is, then send again.',
    retryable: true,
  },
  recovering: {
    http: 503,
    message: 'This device is fetching its own last messages back from others. Try again in a moment.',
    retryable: true,
  },
  bad_ticket: {
    http: 401,
    message: 'That ticket is over, has been used, or is not of this relay. Ask the tracker for another circuit.',
    retryable: true,
  },
  not_online: {
    http: 404,
    message: 'That device is not connected to this tracker now. It is tried again when it is.',
    retryable: true,
  },
  relay_off: {
    http: 503,
    message: 'This tracker relays for nobody. Direct links go on; whoever runs the tracker can turn its relay on.',
  },
  relay_full: {
    http: 503,
    message: 'The relay carries as much as it may. Try again in a moment; direct links go on.',
    retryable: true,
  },
  unknown_command: { http: 400, message: 'There is no such command. See the list in SPEC.md, section 8.' },
  unknown_type: { http: 400, message: 'This version does not know that type of message; it was ignored.' },
  internal: { http: 500, message: 'Something went wrong here. Try again; if it stays, see the log.' },

  ...linkRows,
} as const satisfies Record<string, ErrorRow>;

export type ErrorCode = keyof typeof rows;

export const errorTable: Readonly<Record<ErrorCode, ErrorRow>> = rows;

export function isErrorCode(text: string): text is ErrorCode {
  return Object.hasOwn(rows, text);
}

/** An error that a remote side or a person caused, and gets as an answer. Anything else that is thrown is a bug. */
export class ParleyError extends Error {
  override readonly name = 'ParleyError';

  constructor(
    readonly code: ErrorCode,
    message: string = rows[code].message,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }

  get http(): number {
    return errorTable[this.code].http;
  }
}

/** Recognised by shape: `instanceof` is false across module registries. */
export function isParleyError(error: unknown): error is ParleyError {
  return error instanceof Error && error.name === 'ParleyError' && 'code' in error;
}

/** For states that only a bug can bring about. */
export function bug(what: string, cause?: unknown): Error {
  return new Error(`bug: ${what}`, { cause });
}
