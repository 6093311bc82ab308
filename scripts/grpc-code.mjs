#!/usr/bin/env node
// `node scripts/grpc-code.mjs`: peer/doors/grpc/generated/ from the .proto files. To be run when one of these has changed.
// Its tools are npm packages that work without a network once they are in npm's cache. They are no devDependencies: they would make
// every installation larger by a third, for what changes a few times a year.
import './bootstrap/node-version.mjs';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { Refusal, main, root, run, runTool } from './bootstrap/shell.mjs';

const packages = ['@bufbuild/buf@1.74.0', '@bufbuild/protoc-gen-es@2.13.0', '@bufbuild/protobuf@2.17.0'];
const out = 'peer/doors/grpc/generated';
const template = {
  version: 'v2',
  inputs: [{ directory: 'protocol' }, { directory: 'peer/doors/grpc/proto' }],
  plugins: [{ local: 'protoc-gen-es', out, opt: ['target=ts', 'import_extension=js'] }],
};

await main(async () => {
  rmSync(join(root, out), { recursive: true, force: true });
  const tools = packages.flatMap((name) => ['--package', name]);
  const buf = ['buf', 'generate', '--template', JSON.stringify(template)];
  const made = await run('npm', ['exec', '--yes', '--prefer-offline', ...tools, '--', ...buf]);
  if (made.code !== 0) throw new Refusal(`${made.output}\nThe code of gRPC could not be made (above).`);
  const { code, output } = await runTool('prettier/bin/prettier.cjs', ['--write', '--log-level', 'warn', out]);
  if (code !== 0) throw new Refusal(output);
  console.error(`${out} is made anew.`);
});
