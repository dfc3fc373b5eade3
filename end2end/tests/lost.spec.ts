// Addresses that lead nowhere: each has a page with its status and a way on.
import { randomUUID } from 'node:crypto';
import { checked, expect, test } from '../support/test';

test('an address without a page', async ({ people }) => {
  const { page } = await people.visitor();
  for (const path of ['/nowhere', '/nowhere/at/all.html', `/shows/${randomUUID()}`]) {
    expect((await page.goto(path))?.status(), path).toBe(404);
    await expect(page.getByRole('heading', { level: 1, name: 'There is no page here' })).toBeVisible();
    await checked(page);
  }
  await page.getByRole('searchbox', { name: 'Look for a show' }).fill('nothing like it');
  await page.getByRole('button', { name: 'Find shows' }).click();
  await expect(page).toHaveURL(/\/\?q=nothing/);
});

test('an address that was mangled on the way', async ({ people }) => {
  const { page } = await people.user();
  for (const path of ['/orders', '/tickets', '/sell', '/']) {
    expect((await page.goto(`${path}?cursor=x`))?.status(), path).toBe(400);
    await expect(page.getByRole('heading', { level: 1, name: 'This address is not one of ours' })).toBeVisible();
    await checked(page);
    await expect(page.getByRole('link', { name: 'First page' })).toHaveAttribute('href', path);
  }
  // A day that no calendar here knows is said at its field.
  expect((await page.goto('/?from=-262143-01-01'))?.status()).toBe(200);
  await expect(page.getByLabel('From')).toHaveAccessibleDescription(/Enter a day/);
});

test('what belongs to somebody else, and what needs somebody', async ({ people }) => {
  const [visitor, user] = [await people.visitor(), await people.user()];
  expect((await user.page.goto('/admin/users'))?.status()).toBe(403);
  await expect(user.page.getByRole('heading', { level: 1, name: 'Not yours to do' })).toBeVisible();
  await checked(user.page);
  await visitor.page.goto('/orders');
  await expect(visitor.page).toHaveURL(/\/signin\?next=%2Forders$/);
  await visitor.page.goto('/signout');
  await checked(visitor.page);
});
