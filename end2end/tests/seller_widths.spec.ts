// Every page of sellers, accounts and admins on the smallest phone, a tablet and a large screen.
import type { Page } from '@playwright/test';
import { fits } from '../support/buying';
import { checked, expect, test } from '../support/test';

const LONG = 'Donaudampfschifffahrtsgesellschaftskapitän und die sieben Zwerge: ein Abend';
const PHONE = { width: 360, height: 740 };

/** Views a page at each width: nothing sticks out. */
async function fit(page: Page, path: string): Promise<void> {
  await page.setViewportSize(PHONE);
  await page.goto(path);
  await fits(page);
  await checked(page);
  for (const size of [{ width: 768, height: 1024 }, { width: 1440, height: 900 }]) {
    await page.setViewportSize(size);
    await fits(page);
  }
}

test('pages of a seller fit', async ({ people }) => {
  test.slow();
  const [seller, buyer] = [await people.user(), await people.user()];
  await fit(seller.page, '/sell');
  await fit(seller.page, '/sell/shows/new');
  const show = await seller.show({ title: LONG });
  const { order, tickets } = await buyer.buy(show, 2);
  const path = `/sell/shows/${show.id}`;
  const [listing] = show.listings;
  for (const query of ['', `?listing=${listing.id}`, `?delete=${listing.id}`, `?refund=${order.id}`, '?cancel=ask']) {
    await fit(seller.page, path + query);
  }
  await fit(seller.page, '/sell');
  await fit(seller.page, `${path}/door`);
  await seller.page.setViewportSize(PHONE);
  await seller.page.getByLabel('Ticket code').fill(tickets[0].code);
  await seller.page.getByRole('button', { name: 'Check' }).click();
  await expect(seller.page.getByRole('heading', { name: 'Let in' })).toBeVisible();
  await fits(seller.page);
});

test('account, admin and suspended pages fit', async ({ people }) => {
  test.slow();
  const [admin, user] = [await people.admin(), await people.user()];
  await fit(user.page, '/account');
  await fit(user.page, '/suspended');
  const { user: { id } } = await user.get<{ user: { id: string } }>('/api/auth/session');
  for (const path of ['/admin/users', '/admin/bans', '/admin/audit', '/admin/system', `/admin/users/${id}`, `/admin/users/${id}?ban=ask`]) {
    await fit(admin.page, path);
  }
  const ban = { data: { reason: 'A sample of a ban.' }, headers: { origin: new URL(admin.page.url()).origin } };
  expect((await admin.api.put(`/api/auth/admin/users/${id}/ban`, ban)).ok()).toBe(true);
  await fit(admin.page, `/admin/users/${id}`);
});
