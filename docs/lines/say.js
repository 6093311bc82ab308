// Says a text in a channel, and ends once it is there: node say.js HOST PORT NAME PASSWORD CHANNEL TEXT
import { connect } from 'node:net';
import { createInterface } from 'node:readline';

const [host, port, name, password, channel, text] = process.argv.slice(2);
const socket = connect({ host, port: Number(port) });
const send = (message) => socket.write(`${JSON.stringify(message)}\n`);

send({ type: 'register', user_id: name, password });
createInterface({ input: socket }).on('line', (line) => {
  console.log(line);
  const message = JSON.parse(line);
  if (message.type === 'registered') send({ type: 'chat', channel, text });
  if (message.type === 'error') process.exitCode = 1;
  if (message.type === 'error' || (message.type === 'chat' && message.text === text)) socket.end();
});
