// Every page of sellers, accounts and admins on the smallest phone and a large screen.
import type { Page } from '@playwright/test';
import { expect, test, visit } from '../support/test';

const LONG = 'Donaudampfschifffahrtsgesellschaftskapitän und die sieben Zwerge: ein Abend';

/** Views a page at both widths: nothing sticks out. */
async function fits(page: Page, path: string): Promise<void> {
  for (const size of [{ width: 360, height: 740 }, { width: 1440, height: 900 }]) {
    await page.setViewportSize(size);
    await visit(page, path);
    const width = await page.locator('html').evaluate((root) => root.scrollWidth);
    expect(width, `${path} at ${size.width}`).toBeLessThanOrEqual(size.width);
  }
}

test('pages of a seller fit', async ({ people }) => {
  test.slow();
  const [seller, buyer] = [await people.user(), await people.user()];
  await fits(seller.page, '/sell');
  await fits(seller.page, '/sell/shows/new');
  const show = await seller.show({ title: LONG });
  const { order, tickets } = await buyer.buy(show, 2);
  const path = `/sell/shows/${show.id}`;
  const [listing] = show.listings;
  for (const query of ['', `?listing=${listing.id}`, `?delete=${listing.id}`, `?refund=${order.id}`, '?cancel=ask']) {
    await fits(seller.page, path + query);
  }
  await fits(seller.page, '/sell');
  await fits(seller.page, `${path}/door`);
  await seller.page.setViewportSize({ width: 360, height: 740 });
  await seller.page.getByLabel('Ticket code').fill(tickets[0].code);
  await seller.page.getByRole('button', { name: 'Check' }).click();
  await expect(seller.page.getByRole('heading', { name: 'Let in' })).toBeVisible();
  const width = await seller.page.locator('html').evaluate((root) => root.scrollWidth);
  expect(width).toBeLessThanOrEqual(360);
});

test('account, admin and suspended pages fit', async ({ people }) => {
  test.slow();
  const [admin, user] = [await people.admin(), await people.user()];
  await fits(user.page, '/account');
  await fits(user.page, '/suspended');
  const { user: { id } } = await user.get<{ user: { id: string } }>('/api/auth/session');
  for (const path of ['/admin/users', '/admin/audit', '/admin/system', `/admin/users/${id}`, `/admin/users/${id}?ban=ask`]) {
    await fits(admin.page, path);
  }
  const ban = { data: { reason: 'A sample of a ban.' }, headers: { origin: new URL(admin.page.url()).origin } };
  expect((await admin.api.put(`/api/auth/admin/users/${id}/ban`, ban)).ok()).toBe(true);
  await fits(admin.page, `/admin/users/${id}`);
});
