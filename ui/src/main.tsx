import { render } from 'preact';
import { bug } from '../../protocol/errors.js';
import { createApp } from './app/create-app.js';
import { AppProvider } from './app/use-app.js';
import './styles/index.css';
import { AppView } from './views/app-view.js';

const root = document.getElementById('app');
if (!root) throw bug('index.html has no #app');
const app = createApp(window);
render(
  <AppProvider value={app}>
    <AppView />
  </AppProvider>,
  root,
);
app.socket.start();
