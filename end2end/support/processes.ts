// The processes of the system under test, as the launcher records them in `run.json` (its path is in RUN_RECORD).
import { readFileSync } from 'node:fs';
import { expect } from '@playwright/test';

type Recorded = { name: string; pid: number; port: number; restarts: number };

/** What the launcher says of a process now. */
export function recorded(name: string): Recorded {
  const run = JSON.parse(readFileSync(process.env.RUN_RECORD!, 'utf8')) as { processes: Recorded[] };
  const found = run.processes.find((process) => process.name === name);
  if (!found) throw new Error(`no process ${name}: ${run.processes.map((process) => process.name).join(', ')}`);
  return found;
}

/** Ends a process as a crash would, and gives what was killed. */
export function crash(name: string): Recorded {
  const victim = recorded(name);
  process.kill(victim.pid, 'SIGKILL');
  return victim;
}

/** Waits until another process has taken the place of one that was killed, and is ready; gives the milliseconds. */
export async function back(victim: Recorded, begun: number): Promise<number> {
  const ready = async () => {
    const now = recorded(victim.name);
    if (now.pid === victim.pid) return false;
    const answer = await fetch(`http://127.0.0.1:${now.port}/livez`).catch(() => null);
    return answer !== null && answer.status < 500;
  };
  await expect.poll(ready, { message: `${victim.name} is back`, timeout: 20_000, intervals: [50] }).toBe(true);
  return Date.now() - begun;
}

/** Freezes a process while something is done, and lets it go on afterwards. */
export async function frozen<T>(name: string, work: () => Promise<T>): Promise<T> {
  const { pid } = recorded(name);
  process.kill(pid, 'SIGSTOP');
  try {
    return await work();
  } finally {
    process.kill(pid, 'SIGCONT');
  }
}
