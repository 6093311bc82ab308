# What the programs of the tests that speak gRPC begin with.
import sys

import grpc


def arguments():
    """FOLDER-OF-THE-CODE PORT TOKEN [CERTIFICATE]: the code can be imported from here on. Returns the channel and the token."""
    folder, port, token, *rest = sys.argv[1:]
    sys.path.insert(0, folder)
    address = f"localhost:{port}"
    if not rest:
        return grpc.insecure_channel(address), token
    with open(rest[0], "rb") as file:
        return grpc.secure_channel(address, grpc.ssl_channel_credentials(file.read())), token
