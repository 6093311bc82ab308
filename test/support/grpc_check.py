# A client of gRPC in another language, with code that its own tools have made from protocol/parley.proto.
# Usage: grpc_check.py FOLDER-OF-THE-CODE PORT TOKEN [CERTIFICATE]. One line of JSON a step, on stdout.
import hashlib
import json
import sys

from grpc_begin import arguments

channel, token = arguments()

import grpc  # noqa: E402
import parley_pb2 as pb  # noqa: E402
import parley_pb2_grpc as stubs  # noqa: E402

parley = stubs.ParleyStub(channel)
signed_in = [("authorization", f"Bearer {token}")]


def tell(**what):
    print(json.dumps(what), flush=True)


def refusal(call):
    try:
        call()
        return "none"
    except grpc.RpcError as error:
        return error.code().name


news = parley.Subscribe(pb.SubscribeRequest(), metadata=signed_in)
cursor = next(news).cursor
for n in range(20):
    posted = parley.Post(pb.PostRequest(conversation="#general", message=f"python {n}"), metadata=signed_in, timeout=60)
heard = []
while len(heard) < 20:
    answer = next(news)
    cursor = answer.cursor
    if answer.HasField("entry"):
        heard.append(answer.entry.message)
news.cancel()
tell(step="posted", **{"from": getattr(posted.entry, "from")}, heard=heard)

history = parley.History(pb.HistoryRequest(conversation="#general", limit=20), metadata=signed_in, timeout=60)
tell(step="history", messages=[row.entry.message for row in history])
liked = parley.React(pb.ReactRequest(target=posted.entry.id, emoji="👍"), metadata=signed_in, timeout=60)
tell(step="reacted", emoji=[reaction.emoji for reaction in liked.entry.reactions])
users = parley.ListUsers(pb.ListUsersRequest(), metadata=signed_in, timeout=60).users
tell(step="users", users=sorted(user.username for user in users))

data = bytes(range(256)) * 4096
parts = [pb.SendFileRequest(file=pb.FileToSend(conversation="#general", name="bytes.bin", size=len(data)))]
parts += [pb.SendFileRequest(chunk=data[at : at + 65536]) for at in range(0, len(data), 65536)]
sent = parley.SendFile(iter(parts), metadata=signed_in, timeout=60)
given = b"".join(part.chunk for part in parley.GetFile(pb.GetFileRequest(sha256=sent.sha256), metadata=signed_in, timeout=60))
tell(step="file", same=given == data and sent.sha256 == hashlib.sha256(data).hexdigest())

tell(
    step="refused",
    no_token=refusal(lambda: parley.ListUsers(pb.ListUsersRequest(), timeout=60)),
    bad_token=refusal(lambda: parley.ListUsers(pb.ListUsersRequest(), metadata=[("authorization", "Bearer nobody")], timeout=60)),
    unknown=refusal(lambda: parley.Post(pb.PostRequest(conversation="#nowhere", message="x"), metadata=signed_in, timeout=60)),
    cursor=refusal(lambda: next(parley.Subscribe(pb.SubscribeRequest(cursor="7.x"), metadata=signed_in, timeout=60))),
    late=refusal(lambda: list(parley.Subscribe(pb.SubscribeRequest(cursor=cursor), metadata=signed_in, timeout=1))),
)
# What was written while nobody was there comes first, once this has been read.
sys.stdin.readline()
again = parley.Subscribe(pb.SubscribeRequest(cursor=cursor), metadata=signed_in, timeout=60)
away = []
for answer in again:
    if answer.HasField("entry") and answer.entry.kind == "text":
        away.append(answer.entry.message)
        if answer.entry.message == "the last":
            break
tell(step="away", away=away)
