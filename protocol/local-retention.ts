/** After how many days a device forgets what messages say: what people choose from (docs/decisions/retention.md). */
import Type, { type Static } from 'typebox';
import { RETENTION_DAYS } from './limits.js';

/** Days; 0: never. */
export const Retention = Type.Unsafe<(typeof RETENTION_DAYS)[number]>(
  Type.Union(RETENTION_DAYS.map((days) => Type.Literal(days))),
);
export type Retention = Static<typeof Retention>;
/** Of one conversation: its own, or what the preferences say. */
export const RetentionRule = Type.Union([Type.Literal('default'), Retention]);
export type RetentionRule = Static<typeof RetentionRule>;
