/**
 * A database whose every error is one of ours, which tells of damage whichever statement meets it, and which takes no text
 * that it would not give back: the binding ends one at its first NUL without a word.
 */
import { ParleyError } from '../../protocol/errors.js';
import { isStorable } from '../../protocol/text.js';
import type { Database, SqlValue, Statement } from './sqlite.js';
import { isDamage, storageFailure } from './failure.js';

/** @param damaged told each time; the statement throws `storage_damaged` as well */
export function guarded(db: Database, damaged: (error: unknown) => void): Database {
  function told(error: unknown): Error {
    if (isDamage(error)) damaged(error);
    return storageFailure(error);
  }
  function checked(parameters: SqlValue[]): SqlValue[] {
    for (const value of parameters) {
      if (typeof value === 'string' && !isStorable(value)) throw new ParleyError('bad_text');
    }
    return parameters;
  }
  function statement(inner: Statement): Statement {
    return {
      get(...parameters) {
        try {
          return inner.get(...checked(parameters));
        } catch (error) {
          throw told(error);
        }
      },
      all(...parameters) {
        try {
          return inner.all(...checked(parameters));
        } catch (error) {
          throw told(error);
        }
      },
      run(...parameters) {
        try {
          return inner.run(...checked(parameters));
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
