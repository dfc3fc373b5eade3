// A ban keeps its bound while the bus is dead, while one service's link to it is cut, and while auth is away too.
import { expect, test } from '../support/test';
import { crash, frozen } from '../support/processes';
import type { People, Person } from '../support/people';

const SERVICES = ['auth', 'tickets', 'orders', 'payments', 'expiration', 'notifications'];
/** No service accepts a request that begins later after the ban. */
const BOUND_MS = 2_000;
const LOOK_EVERY_MS = 50;
/** The one whose last instance reaches the bus through the process `link`. */
const LINKED = 'payments';

type Receipt = { ban: string; committed_at: string; acknowledged_at: string | null };
type Asked = { service: string; begun: number; status: number };

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Asks every service who somebody is, again and again, until it is stopped; gives what each was asked and answered. */
function watching(person: Person): { stop: () => Promise<Asked[]> } {
  const asked: Asked[] = [];
  let stopped = false;
  const watchers = SERVICES.map(async (service) => {
    while (!stopped) {
      const begun = Date.now();
      const answer = await person.api.get(`/api/${service}/whoami`, { timeout: 5_000 }).catch(() => null);
      asked.push({ service, begun, status: answer?.status() ?? 0 });
      await pause(LOOK_EVERY_MS);
    }
  });
  const stop = async () => {
    stopped = true;
    await Promise.all(watchers);
    return asked;
  };
  return { stop };
}

/** Bans somebody, trying again while nobody can tell who the admin is. */
async function ban(admin: Person, origin: string, person: Person): Promise<Receipt> {
  const { user } = await person.get<{ user: { id: string } }>('/api/auth/session');
  let receipt: Receipt | undefined;
  const attempt = async () => {
    const data = { reason: 'Fraud' };
    const path = `/api/auth/admin/users/${user.id}/ban`;
    const answer = await admin.api.put(path, { data, headers: { origin } }).catch(() => null);
    if (answer && answer.ok()) receipt = (await answer.json()) as Receipt;
    return answer?.status() ?? 0;
  };
  await expect.poll(attempt, { message: 'the ban is taken', timeout: 20_000, intervals: [100] }).toBeLessThan(300);
  return receipt!;
}

/** Nobody was accepted later than the bound allows, and every service was asked after it. */
function judge(asked: Asked[], since: number): void {
  const after = asked.filter(({ begun, status }) => begun > since + BOUND_MS && status !== 0);
  expect(after.filter(({ status }) => status === 200), 'accepted after the bound').toEqual([]);
  for (const service of SERVICES) {
    const refused = after.filter((one) => one.service === service && one.status === 403);
    expect(refused.length, `${service} was asked after the bound, and refused`).toBeGreaterThan(0);
  }
}

async function cast(people: People): Promise<[Person, Person, Person]> {
  const [admin, banned, free] = [await people.admin(), await people.user(), await people.user()];
  const everywhere = async () =>
    Promise.all(SERVICES.map(async (service) => (await banned.api.get(`/api/${service}/whoami`)).status()));
  await expect.poll(everywhere).toEqual(SERVICES.map(() => 200));
  return [admin, banned, free];
}

test('with the bus frozen identities go on, and a ban acts everywhere within two seconds', async ({ people, baseURL }) => {
  const [admin, banned, free] = await cast(people);
  await frozen('nats', async () => {
    const [watched, others] = [watching(banned), watching(free)];
    // Longer than a lease lives: by now auth is asked.
    await pause(3_000);
    const receipt = await ban(admin, baseURL!, banned);
    expect(receipt.acknowledged_at, 'no bus has acknowledged it').toBeNull();
    await pause(BOUND_MS + 1_000);
    judge(await watched.stop(), Date.parse(receipt.committed_at));
    const held = (await others.stop()).filter(({ status }) => status !== 200);
    expect(held, 'people who are not banned go on').toEqual([]);
  });
});

test('with the bus killed a ban keeps its bound', async ({ people, baseURL }) => {
  const [admin, banned] = await cast(people);
  const watched = watching(banned);
  crash('nats');
  const receipt = await ban(admin, baseURL!, banned);
  const acknowledged = async () =>
    (await admin.get<Receipt>(`/api/auth/admin/bans/${receipt.ban}/receipt`)).acknowledged_at;
  await expect.poll(acknowledged, { message: 'the bus is back and has it', timeout: 30_000 }).not.toBeNull();
  await pause(BOUND_MS + 1_000);
  judge(await watched.stop(), Date.parse((await acknowledged())!));
});

test('with one link cut the service behind it goes on, and a ban acts there within two seconds', async ({ people, baseURL }) => {
  const [admin, banned, free] = await cast(people);
  await frozen('link', async () => {
    await pause(3_000);
    const [watched, others] = [watching(banned), watching(free)];
    const receipt = await ban(admin, baseURL!, banned);
    expect(receipt.acknowledged_at, 'the bus is there').not.toBeNull();
    await pause(BOUND_MS + 1_000);
    judge(await watched.stop(), Date.parse(receipt.acknowledged_at!));
    const held = (await others.stop()).filter(({ service, status }) => service === LINKED && status !== 200);
    expect(held, `${LINKED} asks auth`).toEqual([]);
  });
});

test('with the bus and auth away nobody is taken at their word', async ({ people }) => {
  const [, , free] = await cast(people);
  const codes = async () => Promise.all(SERVICES.slice(1).map(async (service) => {
    const answer = await free.api.get(`/api/${service}/whoami`);
    return answer.ok() ? '200' : ((await answer.json()) as { code: string }).code;
  }));
  await frozen('nats', () => frozen('auth', async () => {
    await expect.poll(codes).toEqual(SERVICES.slice(1).map(() => 'revocations_stale'));
  }));
  await expect.poll(codes, { message: 'both are back', timeout: 30_000 }).toEqual(SERVICES.slice(1).map(() => '200'));
});
