/** A client of gRPC that nobody of this project wrote: grpc-js, which reads protocol/parley.proto by itself. */
import { join } from 'node:path';
import * as grpc from '@grpc/grpc-js';
import { loadSync, type MessageTypeDefinition } from '@grpc/proto-loader';
import { projectRoot } from './project.js';

export type Json = Record<string, unknown>;

const definition = loadSync('parley.proto', {
  ...{ includeDirs: [join(projectRoot, 'protocol')], longs: Number, enums: String, keepCase: true, arrays: true },
});

/** What it has read: each a google.protobuf.FileDescriptorProto. */
export function protoFiles(): readonly Uint8Array[] {
  const message = definition['parley.v1.Entry'] as MessageTypeDefinition<object, object>;
  return message.fileDescriptorProtos;
}

export interface Stream {
  readonly call: grpc.ClientReadableStream<Json>;
  /** The next message; undefined at the end. Rejects with the status when that is none of success. */
  next(): Promise<Json | undefined>;
}

type Methods = grpc.Client & Record<string, (...args: unknown[]) => unknown>;

export class GrpcClient {
  readonly #client: Methods;
  readonly #metadata = new grpc.Metadata();

  constructor(
    port: number,
    token?: string,
    credentials: grpc.ChannelCredentials = grpc.credentials.createInsecure(),
    options: grpc.ChannelOptions = {},
  ) {
    const service = definition['parley.v1.Parley'] as grpc.ServiceDefinition;
    const Client = grpc.makeGenericClientConstructor(service, 'Parley');
    const alone = { 'grpc.use_local_subchannel_pool': 1, ...options };
    this.#client = new Client(`localhost:${port}`, credentials, alone) as Methods;
    if (token !== undefined) this.#metadata.set('authorization', `Bearer ${token}`);
  }

  /** Rejects with a `grpc.ServiceError`. */
  call(method: string, request: Json = {}, options: grpc.CallOptions = {}): Promise<Json> {
    return new Promise((resolve, reject) => {
      this.#client[method]?.(request, this.#metadata, options, (error: grpc.ServiceError | null, answer: Json) =>
        error ? reject(error) : resolve(answer),
      );
    });
  }

  stream(method: string, request: Json = {}, options: grpc.CallOptions = {}): Stream {
    const call = this.#client[method]?.(request, this.#metadata, options) as grpc.ClientReadableStream<Json>;
    const iterator = call[Symbol.asyncIterator]() as AsyncIterator<Json, undefined>;
    return { call, next: async () => (await iterator.next()).value };
  }

  async all(method: string, request: Json): Promise<Json[]> {
    const answers: Json[] = [];
    const stream = this.stream(method, request);
    for (let next = await stream.next(); next; next = await stream.next()) answers.push(next);
    return answers;
  }

  /** Sends all parts. Rejects with a `grpc.ServiceError`. */
  send(method: string, parts: readonly Json[]): Promise<Json> {
    return new Promise((resolve, reject) => {
      const call = this.#client[method]?.(this.#metadata, (error: grpc.ServiceError | null, answer: Json) =>
        error ? reject(error) : resolve(answer),
      ) as grpc.ClientWritableStream<Json>;
      for (const part of parts) call.write(part);
      call.end();
    });
  }

  close(): void {
    this.#client.close();
  }
}
