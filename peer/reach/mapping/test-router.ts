/** Test support: a router on loopback, which answers in both languages as a test wants, also with nonsense. */
import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Home } from './types.js';

export const home: Home = { ours: '127.0.0.1', router: '127.0.0.1' };
const SERVICE = 'urn:schemas-upnp-org:service:WANIPConnection:1';

/** What a router says of itself, with this in place of its service. */
export function description(service = `<serviceType>${SERVICE}</serviceType><controlURL>/ctl</controlURL>`): string {
  return `<?xml version="1.0"?><root xmlns="urn:schemas-upnp-org:device-1-0"><device><serviceList>
    <service><serviceType>urn:schemas-upnp-org:service:Layer3Forwarding:1</serviceType><controlURL>/l3f</controlURL></service>
    <service>${service}</service></serviceList></device></root>`;
}

export function soap(inside: string): string {
  return `<?xml version="1.0"?><s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>${inside}</s:Body></s:Envelope>`;
}

export function found(location: string): string {
  const target = 'urn:schemas-upnp-org:device:InternetGatewayDevice:1';
  return ['HTTP/1.1 200 OK', 'CACHE-CONTROL: max-age=120', `ST: ${target}`, `LOCATION: ${location}`, '', ''].join(
    '\r\n',
  );
}

export class TestRouter {
  /** Where nobody listens, until somebody does. */
  natPmpPort = 1;
  group = { host: '127.0.0.1', port: 1 };
  /** Of its HTTP server. */
  base = '';
  /** What it was asked to do: actions of SOAP, with the body. */
  readonly calls: string[] = [];
  private readonly sockets: Socket[] = [];
  private readonly servers: Server[] = [];

  /** Answers NAT-PMP; each packet with these. */
  async natPmp(answer: (request: Buffer) => readonly Uint8Array[]): Promise<void> {
    this.natPmpPort = await this.udp((socket, request, from) => {
      for (const packet of answer(request)) socket.send(packet, from.port, from.address);
    });
  }

  /** Answers a search; each packet with these. */
  async ssdp(answer: () => readonly (string | Uint8Array)[], host = '127.0.0.1'): Promise<void> {
    this.group = {
      host,
      port: await this.udp((socket, _request, from) => {
        for (const packet of answer()) socket.send(packet, from.port, from.address);
      }, host),
    };
  }

  /** @returns its address */
  async http(listener: RequestListener, host = '127.0.0.1'): Promise<string> {
    const server = createServer(listener).listen(0, host);
    this.servers.push(server);
    await once(server, 'listening');
    this.base = `http://${host}:${(server.address() as AddressInfo).port}`;
    return this.base;
  }

  /** As most do: says where it is, what it can, and answers each action with this; `fault` refuses it. */
  async upnp(answer: (action: string, body: string) => string | { readonly fault: number }): Promise<void> {
    await this.http((request, response) => {
      if (request.method === 'GET') return response.end(description());
      const action = String(request.headers['soapaction'] ?? '').replace(/^"?.*#|"$/g, '');
      let body = '';
      request.on('data', (chunk: Buffer) => (body += chunk.toString()));
      request.on('end', () => {
        this.calls.push(`${action} ${body}`);
        const said = answer(action, body);
        if (typeof said === 'string') return response.end(soap(`<u:${action}Response>${said}</u:${action}Response>`));
        response.writeHead(500).end(soap(`<errorCode>${said.fault}</errorCode>`));
      });
    });
    await this.ssdp(() => [found(`${this.base}/rootDesc.xml`)]);
  }

  async close(): Promise<void> {
    for (const socket of this.sockets) socket.close();
    for (const server of this.servers) {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    }
  }

  private async udp(
    heard: (socket: Socket, request: Buffer, from: RemoteInfo) => void,
    host = '127.0.0.1',
  ): Promise<number> {
    const socket = createSocket('udp4');
    this.sockets.push(socket);
    socket.on('message', (request, from) => heard(socket, request, from)).bind(0, host);
    await once(socket, 'listening');
    return socket.address().port;
  }
}
