// A seller lists a show through the pages, from signing up to finding it in the search.
import { randomUUID } from 'node:crypto';
import type { Page } from '@playwright/test';
import { checked, expect, test, visit } from '../support/test';

const inTenDays = () => new Date(Date.now() + 10 * 86_400_000).toISOString().slice(0, 10);

async function describe(page: Page, title: string): Promise<void> {
  await page.getByLabel('Title', { exact: true }).fill(title);
  await page.getByLabel('Category').selectOption('music');
  await page.getByLabel('What people will see').fill('Two hundred lanterns.\nOne very slow lap of the harbour.');
  await page.getByLabel('Date', { exact: true }).fill(inTenDays());
  await page.getByLabel('Starts', { exact: true }).fill('19:30');
  await page.getByLabel('Venue', { exact: true }).fill('Kaple');
  await page.getByLabel('Street and number').fill('Dlouhá 12');
  await page.getByLabel('City', { exact: true }).fill('Praha');
  await page.getByLabel('Country').selectOption('CZ');
  await page.getByLabel('Time zone').selectOption('Europe/Prague');
}

test('a show goes from an account to the search', async ({ people }) => {
  const seller = await people.visitor();
  const { page } = seller;
  const title = `Lantern Parade ${randomUUID().slice(0, 8)}`;

  await visit(page, '/signup?next=/sell');
  await page.getByLabel('Your name').fill(seller.name);
  await page.getByLabel('Email').fill(seller.email);
  await page.getByLabel('Password').fill(seller.password);
  await page.getByRole('button', { name: 'Create account' }).click();

  await expect(page.getByText('You have not listed a show yet')).toBeVisible();
  await checked(page);
  await page.getByRole('main').getByRole('link', { name: 'List a show' }).click();
  await checked(page);
  await describe(page, title);
  await page.getByRole('button', { name: 'Save and add tickets' }).click();

  await expect(page.getByRole('heading', { level: 1, name: title })).toBeVisible();
  await expect(page.getByText('There are no tickets yet')).toBeVisible();
  await checked(page);
  await page.getByLabel('Called').fill('Standing');
  await page.getByLabel('Price', { exact: true }).fill('14');
  await page.getByLabel('Currency').selectOption('CZK');
  await page.getByLabel('How many').fill('180');
  await page.getByRole('button', { name: 'Add tickets' }).click();
  await expect(page.getByRole('row', { name: /Standing/ })).toContainText('15.40');

  await page.getByLabel('Called').fill('Balcony');
  await page.getByLabel('Price, CZK').fill('20.50');
  await page.getByLabel('Seats, where they have names').fill('A1-A3, B7');
  await page.getByRole('button', { name: 'Add tickets' }).click();
  await expect(page.getByRole('row', { name: /Balcony/ })).toContainText('4 named seats');

  await page.getByRole('button', { name: 'Publish show' }).click();
  await expect(page.getByRole('heading', { name: 'The show is published' })).toBeVisible();
  await checked(page);

  await expect(async () => {
    await page.goto(`/?q=${encodeURIComponent(title)}`);
    await expect(page.getByRole('link', { name: title })).toBeVisible({ timeout: 1_000 });
  }).toPass();
  await visit(page, '/sell');
  await expect(page.getByRole('row', { name: new RegExp(title) })).toContainText('184 free');
});

test('tickets are changed, hidden, shown and deleted', async ({ people }) => {
  const seller = await people.user();
  const show = await seller.show({ quantity: 20, price: 2000 });
  const { page } = seller;
  const row = page.getByRole('row', { name: /Stalls/ });

  await visit(page, `/sell/shows/${show.id}`);
  await row.getByRole('link', { name: 'Change' }).click();
  const change = page.getByRole('region', { name: 'Change “Stalls”' });
  await change.getByLabel('How many').fill('30');
  await change.getByLabel('Price, £').fill('25');
  await checked(page);
  await change.getByRole('button', { name: 'Save tickets' }).click();
  await expect(row).toContainText('30 in all');
  await expect(row).toContainText('£27.50');

  await row.getByRole('button', { name: 'Hide' }).click();
  await expect(row).toContainText('Hidden');
  const visitor = await people.visitor();
  await visit(visitor.page, `/shows/${show.id}`);
  await expect(visitor.page.getByText('No tickets are on sale yet.')).toBeVisible();
  await expect(visitor.page.getByRole('button', { name: /^Hold / })).toHaveCount(0);
  const hold = { items: [{ listing_id: show.listings[0].id, quantity: 1 }] };
  const buyer = await people.user();
  expect((await buyer.post<{ code: string }>('/api/orders', hold, 409)).code).toBe('not_on_sale');
  await row.getByRole('button', { name: 'Show' }).click();
  await expect(row).toContainText('On sale');

  await row.getByRole('link', { name: 'Delete' }).click();
  await checked(page);
  await page.getByRole('button', { name: 'Delete these tickets' }).click();
  await expect(page.getByText('There are no tickets yet')).toBeVisible();
});

test('an order is refunded and says so', async ({ people }) => {
  const [seller, buyer] = [await people.user(), await people.user()];
  const show = await seller.show();
  const { order } = await buyer.buy(show, 2);
  const { page } = seller;
  const row = page.getByRole('row', { name: new RegExp(buyer.name) });

  await expect(async () => {
    await page.goto(`/sell/shows/${show.id}`);
    await expect(row).toContainText('Paid', { timeout: 1_000 });
  }).toPass();
  await checked(page);
  await row.getByRole('link', { name: 'Refund' }).click();
  await page.getByLabel('Why').fill('Asked for by the buyer');
  await checked(page);
  await page.getByRole('button', { name: 'Refund this amount' }).click();
  await expect(page.getByRole('heading', { name: 'The refund is on its way' })).toBeVisible();
  await expect.poll(async () => (await buyer.get<{ status: string }>(`/api/orders/${order.id}`)).status).toBe('refunded');
  await expect(async () => {
    await page.goto(`/sell/shows/${show.id}`);
    await expect(row).toContainText('Refunded', { timeout: 1_000 });
  }).toPass();
});

test('a change made elsewhere is not overwritten unseen', async ({ people }) => {
  const seller = await people.user();
  const show = await seller.show({ publish: false });
  const { page } = seller;

  await visit(page, `/sell/shows/${show.id}`);
  await seller.patch(`/api/shows/${show.id}`, show.version, { description: 'Changed elsewhere.' });
  const title = `Renamed ${show.title}`;
  await page.getByLabel('Title', { exact: true }).fill(title);
  await page.getByRole('button', { name: 'Save details' }).click();
  await expect(page.getByRole('alert')).toContainText('changed elsewhere');
  await expect(page.getByLabel('Title', { exact: true })).toHaveValue(title);
  await expect(page.getByRole('row', { name: /What people will see/ })).toContainText('Changed elsewhere.');
  await checked(page);
  await page.getByRole('button', { name: 'Save details' }).click();
  await expect(page.getByRole('heading', { level: 1, name: title })).toBeVisible();
});

test('nobody sees the shows of others', async ({ people }) => {
  const [seller, other] = [await people.user(), await people.user()];
  const show = await seller.show();
  for (const path of [`/sell/shows/${show.id}`, `/sell/shows/${show.id}/door`]) {
    expect((await other.page.goto(path))?.status()).toBe(404);
  }
  for (const path of ['/admin/users', '/admin/audit', '/admin/system', `/admin/users/${show.id}`]) {
    expect((await other.page.goto(path))?.status()).toBe(403);
  }
  await checked(other.page);
});
