/** The health check of gRPC. It needs no token. */
import { Code, ConnectError, type ServiceImpl } from '@connectrpc/connect';
import { HealthCheckResponse_ServingStatus as Status, type Health } from './generated/grpc/health/v1/health_pb.js';
import { aborted } from './callers.js';

/** @param services their full names */
export function healthOf(services: readonly string[]): ServiceImpl<typeof Health> {
  const isKnown = (service: string): boolean => service === '' || services.includes(service);
  return {
    check({ service }) {
      if (isKnown(service)) return { status: Status.SERVING };
      throw new ConnectError(`There is no service of that name here. There are ${services.join(', ')}.`, Code.NotFound);
    },
    async *watch({ service }, { signal }) {
      yield { status: isKnown(service) ? Status.SERVING : Status.SERVICE_UNKNOWN };
      // As long as the door is open it serves; then the call ends, and says so.
      await aborted(signal);
    },
  };
}
