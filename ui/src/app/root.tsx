import type { ComponentChildren } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { App } from './context.js';
import { AppProvider } from './use-app.js';

/**
 * Hands the app down. When the language changes, what is handed down is another object with the same parts: whoever uses
 * it draws again, and nothing else is lost, neither the focus nor what is half written.
 */
export function Root({ app, children }: { app: App; children: ComponentChildren }) {
  const [value, setValue] = useState(app);
  useEffect(() => app.language.subscribe(() => setValue(Object.create(app) as App)), [app]);
  return <AppProvider value={value}>{children}</AppProvider>;
}
