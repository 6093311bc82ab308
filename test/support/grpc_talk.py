# Somebody who talks by gRPC, with code that protoc has made from protocol/parley.proto: posts each line of stdin, tells what is heard,
# and goes on from the cursor when the connection was lost.
# Usage: grpc_talk.py FOLDER-OF-THE-CODE PORT TOKEN CERTIFICATE. One line of JSON for each thing that happens, on stdout.
import json
import os
import sys
import threading
import time

folder, port, token, certificate = sys.argv[1:5]
sys.path.insert(0, folder)

import grpc  # noqa: E402
import parley_pb2 as pb  # noqa: E402
import parley_pb2_grpc as stubs  # noqa: E402

with open(certificate, "rb") as file:
    credentials = grpc.ssl_channel_credentials(file.read())
quick = [("grpc.initial_reconnect_backoff_ms", 200), ("grpc.max_reconnect_backoff_ms", 1000)]
parley = stubs.ParleyStub(grpc.secure_channel(f"localhost:{port}", credentials, options=quick))
signed_in = [("authorization", f"Bearer {token}")]
speaking = threading.Lock()


def tell(**what):
    with speaking:
        print(json.dumps(what), flush=True)


def listen():
    cursor = None
    while True:
        try:
            for news in parley.Subscribe(pb.SubscribeRequest(cursor=cursor), metadata=signed_in, wait_for_ready=True):
                if cursor is None:
                    tell(event="listening")
                cursor = news.cursor
                if news.HasField("entry"):
                    tell(event="heard", text=news.entry.message)
        except grpc.RpcError as error:
            tell(event="lost", code=error.code().name)
        time.sleep(0.2)


threading.Thread(target=listen, daemon=True).start()
for line in sys.stdin:
    text = line.rstrip("\n")
    try:
        parley.Post(pb.PostRequest(conversation="#general", message=text), metadata=signed_in, timeout=60)
        tell(event="acknowledged", text=text)
    except grpc.RpcError as error:
        tell(event="refused", text=text, code=error.code().name)
os._exit(0)
