"""The way through the internet of the lab, for kernels without netem: each packet comes by a TUN device and goes on later.

usage: delayer.py DEVICE MS JITTER_MS LOSS_PERCENT
"""

import fcntl
import heapq
import os
import random
import select
import struct
import sys
import time

TUNSETIFF = 0x400454CA
IFF_TUN_NO_PI = 0x1001
QUEUE_MAX = 20_000

name, ms, jitter, loss = sys.argv[1], *map(float, sys.argv[2:5])
fd = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
fcntl.ioctl(fd, TUNSETIFF, struct.pack("16sH", name.encode(), IFF_TUN_NO_PI))
print("ready", flush=True)

queue, number, last = [], 0, 0.0
while True:
    while queue and queue[0][0] <= time.monotonic():
        try:
            os.write(fd, heapq.heappop(queue)[2])
        except OSError:
            pass  # What the kernel does not take is lost, as packets are.
    wait = max(0.0, queue[0][0] - time.monotonic()) if queue else 1.0
    ready, _, _ = select.select([fd], [], [], wait)
    for _ in range(64 if ready else 0):
        try:
            packet = os.read(fd, 65_535)
        except BlockingIOError:
            break
        if random.random() * 100 < loss or len(queue) >= QUEUE_MAX:
            continue
        # In the order of their coming: jitter holds up, and does not overtake.
        number += 1
        last = max(last, time.monotonic() + (ms + random.random() * jitter) / 1000)
        heapq.heappush(queue, (last, number, packet))
