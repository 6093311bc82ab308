/** Browser ↔ peer (SPEC.md section 8): what comes from the other devices of the user. */
import Type, { type Static } from 'typebox';

/**
 * The history that this device fetches from another one of its user. Of `total` entries `held` are here; `device` is which it is, `name`
 * how it is called, where that is known. `waiting`: that device has gone, and the rest comes when it is back.
 */
export const HistoryView = Type.Object({
  device: Type.String(),
  name: Type.Optional(Type.String()),
  state: Type.Enum(['coming', 'waiting']),
  held: Type.Integer(),
  total: Type.Integer(),
});
export type HistoryView = Static<typeof HistoryView>;
