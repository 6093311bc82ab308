/** nginx and Caddy as the README sets them up: its own lines, with only ports and paths replaced. */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { findProxy } from '../../scripts/bootstrap/proxies.mjs';
import { freePort } from '../../scripts/daemon/free-ports.js';
import { projectRoot } from './project.js';

/** A tracker behind the proxy. */
export interface Behind {
  readonly port: number;
  /** `/chat` */
  readonly path: string;
}

export interface ReverseProxy {
  /** `https://localhost:8443` */
  readonly origin: string;
  /** The certificate that it shows, PEM. */
  readonly ca: string;
  close(): Promise<void>;
}

/** What the README says to write, for its tracker at port 8001 under /chat; each change must find something to change. */
async function lines(pattern: RegExp, { port, path }: Behind): Promise<string> {
  const [, text = ''] = pattern.exec(await readFile(join(projectRoot, 'README.md'), 'utf8')) ?? [];
  if (!text.includes('127.0.0.1:8001') || !text.includes('/chat')) throw new Error(`README has no ${String(pattern)}`);
  return text.replaceAll('127.0.0.1:8001', `127.0.0.1:${String(port)}`).replaceAll('/chat', path);
}

export async function startNginx(folder: string, trackers: readonly Behind[]): Promise<ReverseProxy> {
  const { port, certificate, key, ca } = await ready(folder);
  const locations = await Promise.all(trackers.map((one) => lines(/```nginx\n([^]*?)```/, one)));
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (name) => `${name}_temp_path ${join(folder, name)};`,
  );
  const config = `
    daemon off; master_process off; pid ${join(folder, 'nginx.pid')}; error_log stderr error;
    events {}
    http {
      access_log off; ${temporary.join(' ')}
      server {
        listen 127.0.0.1:${String(port)} ssl; server_name localhost;
        ssl_certificate ${certificate}; ssl_certificate_key ${key};
        ${locations.join('\n')}
      }
    }`;
  await writeFile(join(folder, 'nginx.conf'), config);
  return started(program('nginx'), ['-p', folder, '-c', join(folder, 'nginx.conf'), '-e', 'stderr'], folder, port, ca);
}

export async function startCaddy(folder: string, trackers: readonly Behind[]): Promise<ReverseProxy> {
  const { port, certificate, key, ca } = await ready(folder);
  const handlers = await Promise.all(trackers.map((one) => lines(/In Caddy: `([^`]*)`/, one)));
  // The README has in one line what a Caddyfile wants in several.
  const directives = handlers.map((text) => text.replace(/([{}])/g, '\n$1\n').replace(/\n\s*\{/g, ' {'));
  const config = `
    {
      admin off
      auto_https off
    }
    https://localhost:${String(port)} {
      bind 127.0.0.1
      tls ${certificate} ${key}
      ${directives.join('\n')}
    }`;
  await writeFile(join(folder, 'Caddyfile'), config);
  const args = ['run', '--adapter', 'caddyfile', '--config', join(folder, 'Caddyfile')];
  return started(program('caddy'), args, folder, port, ca);
}

function program(name: 'nginx' | 'caddy'): string {
  const found = findProxy(name);
  if (found === undefined) throw new Error(`${name} is not installed`);
  return found;
}

async function ready(folder: string) {
  await mkdir(folder, { recursive: true });
  const [certificate, key] = [join(folder, 'cert.pem'), join(folder, 'key.pem')];
  const request = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2'];
  const names = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'];
  await promisify(execFile)('openssl', [...request, ...names, '-keyout', key, '-out', certificate]);
  return { port: await freePort(), certificate, key, ca: await readFile(certificate, 'utf8') };
}

async function started(
  command: string,
  args: readonly string[],
  folder: string,
  port: number,
  ca: string,
): Promise<ReverseProxy> {
  const env = { ...process.env, HOME: folder, XDG_DATA_HOME: folder, XDG_CONFIG_HOME: folder };
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], env });
  const words: string[] = [];
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (part) => words.push(String(part)));
  const state = { over: false };
  const ended = once(child, 'close').then(() => (state.over = true));
  while (!(await listens(port))) if (state.over) throw new Error(`${command} ended:\n${words.join('')}`);
  return {
    origin: `https://localhost:${String(port)}`,
    ca,
    close: async () => {
      child.kill('SIGTERM');
      await ended;
    },
  };
}

function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(true)).once('error', () => setTimeout(() => resolve(false), 20));
    socket.once('connect', () => socket.destroy());
  });
}
