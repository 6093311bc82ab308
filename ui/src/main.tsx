import { render } from 'preact';
import { bug } from '../../protocol/errors.js';
import { createApp } from './app/create-app.js';
import { Root } from './app/root.js';
import './styles/index.css';
import { AppView } from './views/app-view.js';

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
