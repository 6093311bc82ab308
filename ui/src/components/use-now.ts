import { useEffect, useState } from 'preact/hooks';
import { useApp, useSelector } from '../app/use-app.js';

/** The daemon's clock, ms, told anew every `everyMs`: for day lines and "last seen". */
export function useNow(everyMs: number): number {
  const { now } = useApp();
  const offset = useSelector((state) => state.clockOffset);
  const [time, setTime] = useState(now);
  useEffect(() => {
    const timer = setInterval(() => setTime(now()), everyMs);
    return () => clearInterval(timer);
  }, [everyMs, now]);
  return time + offset;
}
