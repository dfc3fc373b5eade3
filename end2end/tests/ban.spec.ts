// A ban acts in every service at once, and its end too.
import type { Person } from '../support/people';
import { checked, expect, test, visit } from '../support/test';

const SERVICES = ['auth', 'tickets', 'orders', 'payments', 'expiration', 'notifications'];
const REASON = 'Holding tickets without buying, to block others';

/** What each service says to the person's browser: status and, where refused, the code. */
async function everywhere(person: Person): Promise<string[]> {
  const answers = SERVICES.map(async (service) => {
    const response = await person.api.get(`/api/${service}/whoami`);
    const { code } = (await response.json()) as { code?: string };
    return `${service} ${response.status()} ${code ?? ''}`.trim();
  });
  return Promise.all(answers);
}

const each = (answer: string) => SERVICES.map((service) => `${service} ${answer}`);

test('a banned buyer is refused everywhere, told why, and let in again when the ban is lifted', async ({ people }) => {
  const [admin, seller, buyer] = [await people.admin(), await people.user(), await people.user()];
  const [device, away] = [await people.secondDevice(buyer), await people.secondDevice(buyer)];
  const show = await seller.show({ quantity: 5 });
  await buyer.hold(show, 4);
  type Figures = { listings: { stock: { free: number } }[] };
  const free = async () => (await seller.get<Figures>(`/api/shows/${show.id}/availability`)).listings[0].stock.free;
  await expect.poll(free).toBe(1);
  await expect.poll(async () => everywhere(buyer)).toEqual(each('200'));

  const { page } = admin;
  await visit(page, `/admin/users?q=${encodeURIComponent(buyer.email)}`);
  await page.getByRole('link', { name: buyer.name }).click();
  await checked(page);
  await page.getByRole('link', { name: 'Ban this user' }).click();
  await page.getByLabel('Reason', { exact: true }).fill(REASON);
  await page.getByLabel('30 days').check();
  await checked(page);
  await page.getByRole('button', { name: 'Ban this account' }).click();
  await expect(page.getByRole('heading', { name: 'Refused in' })).toBeVisible();

  // The answer to the ban is the moment from which nobody may accept them.
  expect(await everywhere(buyer)).toEqual(each('403 account_suspended'));
  expect(await everywhere(device)).toEqual(each('403 account_suspended'));
  const origin = new URL(page.url()).origin;
  const refresh = await device.api.post('/api/auth/refresh', { headers: { origin } });
  expect(refresh.status()).toBe(403);
  await expect.poll(free, { message: 'the hold is released' }).toBe(5);

  await expect(page.getByText(/^(\d+) of \1 instances have refused the account\.$/)).toBeVisible();
  await expect(page.getByText(/^1 hold released, 4 places back on sale/)).toBeVisible();
  await checked(page);

  await visit(buyer.page, '/orders');
  await expect(buyer.page.getByRole('heading', { level: 1 })).toContainText('your account is suspended');
  await expect(buyer.page.getByText(REASON)).toBeVisible();
  await signIn(buyer);
  await expect(buyer.page.getByText(REASON)).toBeVisible();
  await expect(buyer.page.getByRole('link', { name: 'appeals@example.com' })).toBeVisible();
  await checked(buyer.page);

  // The access token of a device that was away has ended by itself: the reason is told all the same.
  await away.context.clearCookies({ name: '__Host-access' });
  await visit(away.page, '/tickets');
  await expect(away.page.getByRole('heading', { level: 1 })).toContainText('your account is suspended');
  await expect(away.page.getByText(REASON)).toBeVisible();
  await visit(away.page, '/suspended');
  await expect(away.page.getByText('You have been signed out')).toHaveCount(0);

  await page.getByLabel('Why').fill('A mistake');
  await page.getByRole('button', { name: 'Lift the ban' }).click();
  await expect(page.getByRole('link', { name: 'Ban this user' })).toBeVisible();
  const bans = page.getByRole('region', { name: 'Bans', exact: true });
  await expect(bans.getByRole('row', { name: /A mistake/ })).toContainText('Lifted');
  await checked(page);
  await signIn(buyer);
  await expect(buyer.page.getByRole('link', { name: /Your account/ }).first()).toBeAttached();
  await expect.poll(async () => everywhere(buyer)).toEqual(each('200'));

  await visit(page, '/admin/audit');
  const acts = page.getByRole('row').filter({ hasText: buyer.name });
  await expect(acts.filter({ hasText: 'Lifted the ban of' })).toContainText('A mistake');
  await expect(acts.filter({ hasText: 'Banned' })).toContainText(REASON);
  await visit(page, '/admin/users?status=banned');
  await visit(page, '/admin/system');
  await expect(page.getByRole('row', { name: /orders/ })).toContainText('answered');
});

test('a ban that refuses tickets acts at the door, until it is lifted', async ({ people }) => {
  const [admin, seller, buyer] = [await people.admin(), await people.user(), await people.user()];
  const show = await seller.show();
  const { tickets: [ticket] } = await buyer.buy(show, 1);
  const { user: { id } } = await buyer.get<{ user: { id: string } }>('/api/auth/session');
  await visit(seller.page, `/sell/shows/${show.id}/door`);
  const headers = { origin: new URL(seller.page.url()).origin };
  const address = `/api/auth/admin/users/${id}/ban`;
  const banned = await admin.api.put(address, { data: { reason: REASON, tickets: 'refuse' }, headers });
  expect(banned.ok(), await banned.text()).toBe(true);

  const scan = async (word: string) => {
    await seller.page.getByLabel('Ticket code').fill(ticket.code);
    await seller.page.getByRole('button', { name: 'Check' }).click();
    await expect(seller.page.getByRole('heading', { name: word })).toBeVisible({ timeout: 2_000 });
  };
  await scan('Not valid');
  await checked(seller.page);
  const lifted = await admin.api.delete(address, { data: { note: 'A mistake' }, headers });
  expect(lifted.ok(), await lifted.text()).toBe(true);
  await expect(async () => scan('Let in')).toPass();
});

test('an admin cannot ban themselves', async ({ people }) => {
  const { page } = await people.admin();
  await visit(page, `/admin/users?q=${encodeURIComponent(process.env.ADMIN_EMAIL!)}`);
  await page.getByRole('row').nth(1).getByRole('link').click();
  await expect(page.getByText('This is you.')).toBeVisible();
  await expect(page.getByRole('link', { name: 'Ban this user' })).toHaveCount(0);
  await checked(page);
});

async function signIn({ page, email, password }: Person): Promise<void> {
  await page.goto('/signin');
  const form = page.getByRole('region', { name: 'Sign in' });
  await form.getByLabel('Email').fill(email);
  await form.getByLabel('Password').fill(password);
  await form.getByRole('button', { name: 'Sign in' }).click();
}
