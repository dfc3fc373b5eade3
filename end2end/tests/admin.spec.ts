// What admins do beside one ban: finding people, one person's page, a list of bans, the audit.
import { randomUUID } from 'node:crypto';
import { checked, expect, test, visit } from '../support/test';

test('people are found, filtered and put in order', async ({ people }) => {
  const word = `Zz${randomUUID().slice(0, 8)}`;
  const [admin] = [await people.admin(), await people.user(`${word} One`), await people.user(`${word} Two`)];
  const { page } = admin;
  await visit(page, '/admin/users');
  await page.getByLabel('Name, email or id').fill(word.toLowerCase());
  await page.getByLabel('Order').selectOption('Name, Z to A');
  await page.getByRole('button', { name: 'Find' }).click();
  await expect(page.getByRole('status').filter({ hasText: '2 accounts. Name, Z to A.' })).toBeVisible();
  await expect(page.getByRole('row').nth(1)).toContainText(`${word} Two`);
  await checked(page);
  await page.getByLabel('Status').selectOption('Banned');
  await page.getByRole('button', { name: 'Find' }).click();
  await expect(page.getByText('Nobody is found')).toBeVisible();
  await checked(page);
  await page.getByRole('link', { name: 'Show everybody' }).click();
  await expect(page.getByRole('status').filter({ hasText: 'Newest first.' })).toBeVisible();
});

test('one person’s page shows what they do everywhere, and ends a session', async ({ people }) => {
  const [admin, seller] = [await people.admin(), await people.user()];
  const show = await seller.show();
  const second = await people.secondDevice(seller);
  const { user: { id } } = await seller.get<{ user: { id: string } }>('/api/auth/session');
  const { page } = admin;
  await visit(page, `/admin/users/${id}`);
  for (const name of ['Sessions', 'Orders', 'Listings', 'Bans', 'What admins did']) {
    await expect(page.getByRole('heading', { name, exact: true })).toBeVisible();
  }
  await expect(page.getByRole('row', { name: new RegExp(show.title) })).toContainText('On sale');
  const ends = page.getByRole('region', { name: 'Sessions' }).getByRole('button', { name: /^Sign out/ });
  await expect(ends).toHaveCount(2);
  // The newest first: the second device.
  await ends.first().click();
  await expect(ends).toHaveCount(1);
  await expect(page.getByRole('row', { name: /Ended a session of this account/ })).toBeVisible();
  await checked(page);
  await expect.poll(async () => (await second.api.get('/api/auth/whoami')).status()).toBe(401);
  expect((await seller.api.get('/api/auth/whoami')).status()).toBe(200);
});

test('a list of people is shown, then banned', async ({ people }) => {
  const [admin, one, two] = [await people.admin(), await people.user(), await people.user()];
  const { page } = admin;
  await visit(page, '/admin/bans');
  await page.getByRole('button', { name: 'Read the list' }).click();
  await expect(page.getByRole('link', { name: 'Choose a file' })).toBeVisible();
  await checked(page);

  const lines = [
    'user,reason,until,tickets', `${one.email},Touting,2099-01-31,refuse`, `${two.email},Touting,,`,
    `${process.env.ADMIN_EMAIL!},Touting,,`, 'nobody@example.net,Touting,,',
  ];
  const file = { name: 'touts.csv', mimeType: 'text/csv', buffer: Buffer.from(lines.join('\n')) };
  await page.getByLabel('The list').setInputFiles(file);
  await page.getByRole('button', { name: 'Read the list' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Ban 2 accounts?' })).toBeVisible();
  await expect(page.getByText('2 lines are left out')).toBeVisible();
  await expect(page.getByRole('row', { name: /nobody@example.net/ })).toContainText('There is no such account');
  await checked(page);
  expect((await one.api.get('/api/auth/whoami')).status()).toBe(200);

  await page.getByRole('button', { name: 'Ban 2 accounts' }).click();
  await expect(page.getByRole('heading', { level: 1, name: '2 accounts banned' })).toBeVisible({ timeout: 20_000 });
  await checked(page);
  for (const person of [one, two]) {
    await expect.poll(async () => (await person.api.get('/api/orders/whoami')).status()).toBe(403);
  }
  await page.getByRole('link', { name: one.name }).click();
  await expect(page.getByRole('heading', { name: 'What the services did' })).toBeVisible();
  await expect(page.getByText('There was nothing to do').first()).toBeVisible();
  await checked(page);

  await visit(page, '/admin/audit');
  await page.getByLabel('Whom: email or id').fill(one.email);
  await page.getByLabel('What', { exact: true }).selectOption('Banned');
  await page.getByRole('button', { name: 'Find' }).click();
  await expect(page.getByRole('row')).toHaveCount(2);
  await expect(page.getByRole('row').nth(1)).toContainText('Touting');
  await checked(page);
});
