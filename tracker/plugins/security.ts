import helmet from '@fastify/helmet';
import type { App } from './http-types.js';

/** Nothing but our own style sheet and forms: no script at all, no frame, no foreign resource. */
const contentSecurityPolicy = {
  useDefaults: false,
  directives: {
    defaultSrc: ["'none'"],
    styleSrc: ["'self'"],
    imgSrc: ["'self'"],
    formAction: ["'self'"],
    baseUri: ["'none'"],
    frameAncestors: ["'none'"],
  },
};

export async function addSecurityHeaders(app: App, secure: boolean): Promise<void> {
  await app.register(helmet, {
    contentSecurityPolicy,
    // A browser must not remember TLS for a host that has none.
    strictTransportSecurity: secure,
    referrerPolicy: { policy: 'same-origin' },
  });
}
