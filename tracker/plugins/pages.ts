/** Sending pages, and the address of this tracker as their readers see it. */
import type { FastifyReply, FastifyRequest } from 'fastify';

const HOST = /^[A-Za-z0-9.:[\]-]+$/;

/** The address that the person used, which is the one that works for them. */
export function urlOf(request: FastifyRequest): string {
  const protocol = request.protocol === 'https' ? 'https' : 'http';
  return `${protocol}://${HOST.test(request.host) ? request.host : 'localhost'}${request.forwardedPrefix}`;
}

export function sendPage(reply: FastifyReply, page: string): FastifyReply {
  return reply.type('text/html; charset=utf-8').header('cache-control', 'no-store').send(page);
}

/** For the few pages that have a script: of this tracker, and of nobody else. */
export function allowOwnScripts(reply: FastifyReply): void {
  const policy = String(reply.getHeader('content-security-policy') ?? "default-src 'none'");
  void reply.header('content-security-policy', `${policy};script-src 'self'`);
}
