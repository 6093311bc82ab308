/** A database whose every error is one of ours, and which tells of damage whichever statement meets it. */
import type { Database, Statement } from './sqlite.js';
import { isDamage, storageFailure } from './failure.js';

/** @param damaged told each time; the statement throws `storage_damaged` as well */
export function guarded(db: Database, damaged: (error: unknown) => void): Database {
  function told(error: unknown): Error {
    if (isDamage(error)) damaged(error);
    return storageFailure(error);
  }
  function statement(inner: Statement): Statement {
    return {
      get(...parameters) {
        try {
          return inner.get(...parameters);
        } catch (error) {
          throw told(error);
        }
      },
      all(...parameters) {
        try {
          return inner.all(...parameters);
        } catch (error) {
          throw told(error);
        }
      },
      run(...parameters) {
        try {
          return inner.run(...parameters);
        } catch (error) {
          throw told(error);
        }
      },
    };
  }
  return {
    prepare: (sql) => {
      try {
        return statement(db.prepare(sql));
      } catch (error) {
        throw told(error);
      }
    },
    exec: (sql) => {
      try {
        db.exec(sql);
      } catch (error) {
        throw told(error);
      }
    },
    close: () => db.close(),
    get isTransaction() {
      return db.isTransaction;
    },
  };
}
