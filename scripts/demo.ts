/** `npm start`, once all is built. */
import { fileURLToPath } from 'node:url';
import { runDemo } from './demo/demo.js';
import { DemoUsage, parseDemoOptions } from './demo/options.js';
import { AlreadyRunning, NoPort } from './demo/lock-and-ports.js';
import { askedToStop } from './demo/stop.js';

try {
  const options = await parseDemoOptions(
    process.argv.slice(2),
    process.stdout.isTTY ? process.stdout.columns : undefined,
  );
  if (options) {
    process.exitCode = await runDemo(options, {
      program: fileURLToPath(new URL('./daemon/entry.js', import.meta.url)),
      print: (text) => process.stdout.write(`${text}\n`),
      printError: (text) => process.stderr.write(`${text}\n`),
      stopped: askedToStop(process),
    });
  }
} catch (error) {
  const expected = error instanceof AlreadyRunning || error instanceof NoPort || error instanceof DemoUsage;
  process.stderr.write(
    `${expected ? error.message : error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
  );
  process.exitCode = 1;
}
// Nothing may hold up the end: not a terminal that is gone, not a request under way.
process.exit();
