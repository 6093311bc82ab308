/** Where what stands in the place of the tracker listens, beside it. */
export const PLACES = {
  host: '203.0.113.2',
  name: 'tracker.lab',
  tracker: 8001,
  /** Nobody listens there. */
  nobody: 8009,
  /** A web server, and one that leads elsewhere, as networks that want a sign-in do. */
  hello: 8090,
  portal: 8091,
  /** A certificate for another name, and one that has expired. Both nobody vouches for. */
  foreignTls: 8443,
  oldTls: 8444,
  /** Proxies before the tracker: its clock is shown an hour behind; live connections are not let through. */
  wrongTime: 8012,
  noUpgrade: 8013,
  /** A second tracker, with a CA of its own. */
  otherTracker: 8011,
} as const;

/** A server that never answers is asked for names there. */
export const DEAD_SERVER = '203.0.113.250';
export const DAY_MS = 24 * 3600_000;
