/** Browser ↔ peer (SPEC.md section 8): what is worth a notification, as the user has chosen it for all of their windows. */
import Type, { type Static } from 'typebox';

/** `mentions`: only what calls this user. `none`: muted, and not counted in the title. */
export const Notify = Type.Union([Type.Literal('all'), Type.Literal('mentions'), Type.Literal('none')]);
export type Notify = Static<typeof Notify>;

/** Of one conversation. `default`: as the preferences say, in a direct conversation `all`. */
export const ChosenNotify = Type.Union([...Notify.anyOf, Type.Literal('default')]);
export type ChosenNotify = Static<typeof ChosenNotify>;

const TimeOfDay = Type.String({ pattern: '^([01][0-9]|2[0-3]):[0-5][0-9]$' });

/** Each day, or on some, nothing is told from one time of day to another one, which may be on the next day. */
export const QuietHours = Type.Object({
  from: TimeOfDay,
  to: TimeOfDay,
  /** On which days it begins; 0 is Sunday. */
  days: Type.Array(Type.Integer({ minimum: 0, maximum: 6 }), { minItems: 1, maxItems: 7 }),
  /** Of the tz database, as `Europe/Berlin`: where the user is, not where the peer runs. */
  zone: Type.String({ minLength: 1, maxLength: 64 }),
});
export type QuietHours = Static<typeof QuietHours>;

export const KEYWORDS_MAX = 50;

export const NotifyRules = Type.Object({
  /** For channels without a rule of their own. */
  channels: Notify,
  /** Whether `@here` and `@all` call this user. */
  calls: Type.Boolean(),
  /** Words that call the user wherever they stand. */
  keywords: Type.Array(Type.String({ minLength: 1, maxLength: 64 }), { maxItems: KEYWORDS_MAX }),
  quietHours: Type.Optional(QuietHours),
});
export type NotifyRules = Static<typeof NotifyRules>;

/** What the user changes of them: what is absent stays, `null` takes the hours away. */
export const NotifyRulesChange = Type.Object({
  channels: Type.Optional(Notify),
  calls: Type.Optional(Type.Boolean()),
  keywords: Type.Optional(NotifyRules.properties.keywords),
  quietHours: Type.Optional(Type.Union([Type.Null(), QuietHours])),
});
export type NotifyRulesChange = Static<typeof NotifyRulesChange>;
