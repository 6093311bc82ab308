# Health and reflection by code that protoc has made from the .proto files that every server of gRPC shares, as a tool for any server does: it is given
# an address and nothing else, learns the service from the server, and calls it by what it has learned.
# Usage: grpc_public.py FOLDER-OF-THE-CODE PORT TOKEN [CERTIFICATE]. One line of JSON on stdout.
import json

from grpc_begin import arguments

channel, token = arguments()

import grpc  # noqa: E402
from google.protobuf import descriptor_database, descriptor_pb2, descriptor_pool, json_format, message_factory  # noqa: E402
import health_pb2  # noqa: E402
import health_pb2_grpc  # noqa: E402
import reflection_pb2 as asks  # noqa: E402
import reflection_pb2_grpc  # noqa: E402

health = health_pb2_grpc.HealthStub(channel)


def status(service):
    try:
        answer = health.Check(health_pb2.HealthCheckRequest(service=service), timeout=60)
        return health_pb2.HealthCheckResponse.ServingStatus.Name(answer.status)
    except grpc.RpcError as error:
        return error.code().name


watched = health.Watch(health_pb2.HealthCheckRequest(service="parley.v1.Parley"), timeout=60)
first = health_pb2.HealthCheckResponse.ServingStatus.Name(next(watched).status)
watched.cancel()

reflection = reflection_pb2_grpc.ServerReflectionStub(channel)


def ask(request):
    return next(reflection.ServerReflectionInfo(iter([request]), timeout=60))


services = [one.name for one in ask(asks.ServerReflectionRequest(list_services="")).list_services_response.service]
described = ask(asks.ServerReflectionRequest(file_containing_symbol="parley.v1.Parley")).file_descriptor_response
nothing = ask(asks.ServerReflectionRequest(file_containing_symbol="parley.v1.Nothing")).error_response

files = descriptor_database.DescriptorDatabase()  # They come in any order.
for data in described.file_descriptor_proto:
    files.Add(descriptor_pb2.FileDescriptorProto.FromString(data))
pool = descriptor_pool.DescriptorPool(files)
service = pool.FindServiceByName("parley.v1.Parley")
post = service.methods_by_name["Post"]
factory = message_factory.MessageFactory(pool)
Request, Response = factory.GetPrototype(post.input_type), factory.GetPrototype(post.output_type)
call = channel.unary_unary(
    f"/{service.full_name}/{post.name}",
    request_serializer=Request.SerializeToString,
    response_deserializer=Response.FromString,
)
request = json_format.ParseDict({"conversation": "#general", "message": "by reflection"}, Request())
answer = call(request, metadata=[("authorization", f"Bearer {token}")], timeout=60)
print(
    json.dumps(
        {
            "health": [status(""), status("parley.v1.Parley"), status("parley.v1.Nothing"), first],
            "services": sorted(services),
            "unknown": nothing.error_code,
            "methods": sorted(service.methods_by_name),
            "posted": json_format.MessageToDict(answer)["entry"]["message"],
        }
    )
)
