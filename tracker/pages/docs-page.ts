import { html, page, type Html, type Site } from './layout.js';

/** What the page reads of an OpenAPI 3 document. */
export interface OpenApiDocument {
  info: { title: string; description?: string };
  paths?: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
}

interface Operation {
  summary?: string;
  tags?: readonly string[];
  security?: readonly object[];
  requestBody?: { content: Readonly<Record<string, { schema?: unknown }>> };
  parameters?: readonly { name: string; in: string; required?: boolean }[];
  responses?: Readonly<Record<string, { content?: Readonly<Record<string, { schema?: unknown }>> }>>;
}

/** The API as a page for people; programs read /docs/json. */
export function docsPage(site: Site, document: OpenApiDocument): string {
  const operations = Object.entries(document.paths ?? {}).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  );
  const tags = [...new Set(operations.flatMap(({ operation }) => operation.tags ?? []))];
  const sections = tags.map((tag) => {
    const members = operations.filter(({ operation }) => operation.tags?.includes(tag));
    return html`<section class="card">
      <h2>${tag}</h2>
      ${members.map(({ path, method, operation }) => operationEntry(method, path, operation))}
    </section>`;
  });
  return page(site, {
    title: 'API',
    main: html`<h1>The tracker's API</h1>
      <p>
        ${document.info.description} JSON in, JSON out. A failure is
        <code>{"status":"failed","code":…,"message":…}</code> with the fitting HTTP status. The same as OpenAPI:
        <a href="docs/json">docs/json</a>
      </p>
      ${sections}`,
  });
}

function operationEntry(method: string, path: string, operation: Operation): Html {
  const body = operation.requestBody?.content['application/json']?.schema;
  const answer = operation.responses?.['200']?.content?.['application/json']?.schema;
  const parameters = operation.parameters?.map((one) => `${one.name}${one.required === true ? '' : '?'} (${one.in})`);
  return html`<details>
    <summary>
      <code><strong>${method.toUpperCase()}</strong> ${path}</code> <span class="quiet">${operation.summary}</span>
    </summary>
    ${operation.security ? html`<p class="quiet">Needs a session.</p>` : undefined}
    ${parameters ? html`<p>Parameters: ${parameters.join(', ')}</p>` : undefined} ${schemaBlock('Body', body)}
    ${schemaBlock('Answer', answer)}
  </details>`;
}

function schemaBlock(title: string, schema: unknown): Html | undefined {
  if (schema === undefined) return undefined;
  return html`<h3>${title}</h3>
    <pre tabindex="0"><code>${JSON.stringify(schema, null, 2)}</code></pre>`;
}
