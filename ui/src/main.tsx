/** The page: makes the app, and draws it once its texts are there. */
import { render } from 'preact';
import type { ComponentChildren } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { bug } from '../../protocol/errors.js';
import type { App } from './app/context.js';
import { createApp } from './app/create-app.js';
import { AppProvider } from './app/use-app.js';
import './styles/index.css';
import { AppView } from './views/app-view.js';

/**
 * Hands the app down. When the language changes, what is handed down is another object with the same parts: whoever uses
 * it draws again, and nothing else is lost, neither the focus nor what is half written.
 */
function Root({ app, children }: { app: App; children: ComponentChildren }) {
  const [value, setValue] = useState(app);
  useEffect(() => app.language.subscribe(() => setValue(Object.create(app) as App)), [app]);
  return <AppProvider value={value}>{children}</AppProvider>;
}

const root = document.getElementById('app');
if (!root) throw bug('index.html has no #app');
const app = createApp(window);
app.socket.start();
// Not awaited at the top: a file that this one loads may itself wait for it.
if (import.meta.env.PROD) void app.updates.start();
void app.language.start().then(() =>
  render(
    <Root app={app}>
      <AppView />
    </Root>,
    root,
  ),
);
