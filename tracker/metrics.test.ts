import { expect, test } from '@jest/globals';
import { Durations } from './metrics.js';

test('durations are counted for each route, in the text format of Prometheus', () => {
  const durations = new Durations('seconds', 'How long');
  for (const seconds of [0.001, 0.002, 0.5, 60]) durations.observe('GET', '/a/:b', 200, seconds);
  durations.observe('"', '/', 404, 0.25);
  const bucket = (le: string, count: number) =>
    `seconds_bucket{method="GET",route="/a/:b",status="200",le="${le}"} ${count}`;
  const lines = durations.text().split('\n');
  expect(lines.slice(0, 2)).toEqual(['# HELP seconds How long', '# TYPE seconds histogram']);
  for (const line of [
    bucket('0.001', 1),
    bucket('0.005', 2),
    bucket('0.1', 2),
    bucket('0.5', 3),
    bucket('5', 3),
    bucket('+Inf', 4),
  ]) {
    expect(lines).toContain(line);
  }
  expect(lines).toContain('seconds_sum{method="GET",route="/a/:b",status="200"} 60.503');
  expect(lines).toContain('seconds_count{method="GET",route="/a/:b",status="200"} 4');
  expect(lines).toContain('seconds_sum{method="_",route="/",status="404"} 0.25');
  expect(lines.at(-1)).toBe('');
});
