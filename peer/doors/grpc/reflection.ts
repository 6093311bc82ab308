/** Reflection: what this port offers, for clients such as grpcurl that have no .proto. It needs no token: the .proto is public. */
import {
  create,
  createFileRegistry,
  createRegistry,
  fromJson,
  toBinary,
  toJson,
  type DescFile,
  type DescService,
  type JsonValue,
  type MessageInitShape,
  type Registry,
} from '@bufbuild/protobuf';
import { FileDescriptorProtoSchema, FileDescriptorSetSchema } from '@bufbuild/protobuf/wkt';
import { Code, type ServiceImpl } from '@connectrpc/connect';
import {
  file_grpc_reflection_v1_reflection as v1File,
  type ServerReflection,
  type ServerReflectionRequest,
  type ServerReflectionResponseSchema,
} from './generated/grpc/reflection/v1/reflection_pb.js';

type Answer = MessageInitShape<typeof ServerReflectionResponseSchema>['messageResponse'];

/** The older package of the same service, which older clients ask for: it differs by its name alone. */
export const serverReflectionAlpha: typeof ServerReflection = alpha();

function alpha(): typeof ServerReflection {
  const json = JSON.stringify(toJson(FileDescriptorProtoSchema, v1File.proto)).replaceAll(
    /grpc([./])reflection([./])v1/g,
    'grpc$1reflection$2v1alpha',
  );
  const file = fromJson(FileDescriptorProtoSchema, JSON.parse(json) as JsonValue);
  const service = createFileRegistry(create(FileDescriptorSetSchema, { file: [file] })).getService(
    'grpc.reflection.v1alpha.ServerReflection',
  );
  // The same messages under another name: so it is of the same type.
  return service as typeof ServerReflection;
}

/** What this port offers, by the names of symbols and of files. */
interface Offered {
  readonly services: readonly DescService[];
  readonly symbols: Registry;
  readonly files: ReadonlyMap<string, DescFile>;
}

export function reflectionOf(services: readonly DescService[]): ServiceImpl<typeof ServerReflection> {
  const files = services.flatMap(({ file }) => [...withImports(file)]);
  const offered: Offered = {
    services,
    symbols: createRegistry(...files),
    files: new Map(files.map((file) => [file.proto.name, file])),
  };
  return {
    async *serverReflectionInfo(requests) {
      for await (const request of requests)
        yield { validHost: request.host, originalRequest: request, messageResponse: answer(offered, request) };
    },
  };
}

function answer({ services, symbols, files }: Offered, { messageRequest }: ServerReflectionRequest): Answer {
  switch (messageRequest.case) {
    case 'listServices':
      return {
        case: 'listServicesResponse',
        value: { service: services.map(({ typeName }) => ({ name: typeName })) },
      };
    case 'fileByFilename':
      return filesOf(files.get(messageRequest.value));
    case 'fileContainingSymbol':
      return filesOf(fileWith(symbols, messageRequest.value));
    case 'allExtensionNumbersOfType':
      return {
        case: 'allExtensionNumbersResponse',
        value: { baseTypeName: messageRequest.value, extensionNumber: [] },
      };
    default:
      return notFound();
  }
}

/** Of a service, a message or an enum, or of a method or field of one. */
function fileWith(registry: Registry, symbol: string): DescFile | undefined {
  const found = registry.get(symbol) ?? registry.get(symbol.slice(0, Math.max(0, symbol.lastIndexOf('.'))));
  return found?.file;
}

/** With all that it imports, which clients would ask for next. */
function filesOf(file: DescFile | undefined): Answer {
  if (!file) return notFound();
  const fileDescriptorProto = [...withImports(file)].map(({ proto }) => toBinary(FileDescriptorProtoSchema, proto));
  return { case: 'fileDescriptorResponse', value: { fileDescriptorProto } };
}

function withImports(file: DescFile, all = new Set<DescFile>()): ReadonlySet<DescFile> {
  if (!all.has(file)) {
    all.add(file);
    for (const each of file.dependencies) withImports(each, all);
  }
  return all;
}

function notFound(): Answer {
  const errorMessage = 'There is nothing of that name here. List the services first.';
  return { case: 'errorResponse', value: { errorCode: Code.NotFound, errorMessage } };
}
