/** The least that a daemon of this kind is: Fastify, SQLite and TLS, listening, with nothing to do. */
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:tls';
import { DatabaseSync } from '@photostructure/sqlite';
import fastify from 'fastify';
import { endWithParent, ready } from './process.js';

const [key = '', certificate = '', database = ''] = process.argv.slice(2);
endWithParent();

const db = new DatabaseSync(database);
db.exec('PRAGMA journal_mode = WAL; CREATE TABLE IF NOT EXISTS entries (id INTEGER PRIMARY KEY, body TEXT)');

const app = fastify();
app.get('/', () => ({ status: 'success' }));
await app.listen({ host: '127.0.0.1', port: 0 });

const server = createServer({ key: readFileSync(key), cert: readFileSync(certificate), minVersion: 'TLSv1.3' });
server.listen(0, '127.0.0.1');
await once(server, 'listening');
ready({});
