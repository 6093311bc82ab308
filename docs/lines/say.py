"""Says a text in a channel, and ends once it is there: python3 say.py HOST PORT NAME PASSWORD CHANNEL TEXT"""
import json
import socket
import sys

host, port, name, password, channel, text = sys.argv[1:]

with socket.create_connection((host, int(port))) as connection, connection.makefile("rw", encoding="utf-8") as lines:

    def send(**message):
        lines.write(json.dumps(message) + "\n")
        lines.flush()

    send(type="register", user_id=name, password=password)
    for line in lines:
        message = json.loads(line)
        print(line, end="")
        if message["type"] == "registered":
            send(type="chat", channel=channel, text=text)
        elif message["type"] == "chat" and message["text"] == text:
            break
        elif message["type"] == "error":
            sys.exit(1)
