/** The errors of links, logs and mailboxes (SPEC.md section 11): a part of the table in errors.ts. */

export interface ErrorRow {
  /** HTTP status at the tracker and the local server. */
  readonly http: number;
  readonly message: string;
  /** Whether the same request can succeed later without a change. */
  readonly retryable?: true;
  /** Whether a link closes on it. */
  readonly fatal?: true;
}

export const linkRows = {
  // The link (section 4).
  line_too_long: { http: 413, message: 'A line is longer than 256 KiB.', fatal: true },
  handshake_expected: { http: 400, message: 'The first line of a link is its handshake.', fatal: true },
  handshake_timeout: { http: 400, message: 'The handshake took longer than 10 seconds.', fatal: true, retryable: true },
  identity_mismatch: {
    http: 403,
    message: 'The handshake names another user or device than the certificate.',
    fatal: true,
  },
  version_mismatch: {
    http: 400,
    message: 'The two sides speak different versions. Update the older one.',
    fatal: true,
  },
  certificate_required: { http: 401, message: 'A link needs a device certificate of the tracker.', fatal: true },
  certificate_unknown: {
    http: 401,
    message: 'The certificate is not from the tracker that this peer knows.',
    fatal: true,
  },
  certificate_expired: { http: 401, message: 'The certificate does not cover this time. Check both clocks.' },
  device_revoked: { http: 403, message: 'This device has been revoked by its user.', fatal: true },
  duplicate_link: { http: 409, message: 'There is already a link between these two devices.', fatal: true },
  too_many_links: { http: 503, message: 'This peer has as many links as it keeps.', fatal: true, retryable: true },
  queue_full: { http: 503, message: 'The other side reads too slowly.', fatal: true, retryable: true },

  // The log (section 5).
  bad_entry: { http: 400, message: 'An entry is not well formed.', fatal: true },
  bad_entry_id: { http: 400, message: "An entry's id is not the hash of its content.", fatal: true },
  bad_signature: { http: 400, message: "An entry's signature does not match its device.", fatal: true },
  broken_chain: { http: 400, message: "An entry's `prev` is not the id of the one before it.", fatal: true },
  unsigned_run_too_long: {
    http: 400,
    message: 'More entries wait for a signature than the protocol allows. Parley on the other side may need an update.',
    fatal: true,
  },
  unknown_device: { http: 401, message: "An entry's device has no certificate here.", retryable: true },
  not_served: { http: 403, message: 'That conversation is not shared on this link.' },
  forked: { http: 409, message: 'Two different entries claim one place in a log. The first one stands.' },

  // Sealed mailboxes (section 6).
  bad_sealed: { http: 400, message: 'That is not something sealed for this device.' },
  bad_prekey: { http: 400, message: 'That prekey is not well formed, or not signed by its device.' },
  stale_prekey: {
    http: 409,
    message: 'That is not the current prekey of the device. Fetch its prekeys again, then seal anew.',
    retryable: true,
  },
  mailbox_full: {
    http: 413,
    message: 'That mailbox is full. The message stays here, and is delivered when both are online.',
    retryable: true,
  },
} as const satisfies Record<string, ErrorRow>;
