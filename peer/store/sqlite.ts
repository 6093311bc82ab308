/** What the store needs of SQLite: the part that @photostructure/sqlite and Node's own node:sqlite share, with typed rows. */
export type SqlValue = string | number | bigint | Uint8Array | null;

/** Without a prototype; columns by name. */
export type Row = Readonly<Record<string, unknown>>;

export interface Statement {
  get(...parameters: SqlValue[]): Row | undefined;
  all(...parameters: SqlValue[]): Row[];
  /** The row number of what was inserted last, where a row was. */
  run(...parameters: SqlValue[]): { lastInsertRowid: number | bigint };
}

export interface Database {
  prepare(sql: string): Statement;
  exec(sql: string): void;
  close(): void;
  readonly isTransaction: boolean;
}
