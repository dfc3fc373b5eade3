// Devices are signed out from the account page.
import { checked, expect, test, visit } from '../support/test';

test('one device is signed out, and only that one', async ({ people }) => {
  const person = await people.user();
  const { page } = person;
  await visit(page, '/account');
  await expect(page.getByRole('button', { name: 'Sign out all the others' })).toHaveCount(0);

  const device = await people.secondDevice(person);
  expect((await device.api.get('/api/orders/whoami')).status()).toBe(200);
  await visit(page, '/account');
  const devices = page.getByRole('region', { name: 'Where you are signed in' });
  await expect(devices.getByRole('listitem')).toHaveCount(2);
  await devices.getByRole('button', { name: 'Sign out this device' }).click();
  await expect(page.getByRole('heading', { name: 'That device is signed out' })).toBeVisible();
  await expect(devices.getByRole('listitem')).toHaveCount(1);
  await checked(page);

  const refused = await device.api.get('/api/orders/whoami');
  expect([refused.status(), (await refused.json()).code]).toEqual([401, 'session_revoked']);
  await device.page.goto('/account');
  await expect(device.page).toHaveURL(/\/signin\?next=/);
  expect((await person.api.get('/api/orders/whoami')).status()).toBe(200);
});

test('all others are signed out at once', async ({ people }) => {
  const person = await people.user();
  const others = [await people.secondDevice(person), await people.secondDevice(person)];
  await visit(person.page, '/account');
  await person.page.getByRole('button', { name: 'Sign out all the others' }).click();
  await expect(person.page.getByRole('heading', { name: 'All other devices are signed out' })).toBeVisible();
  for (const other of others) expect((await other.api.get('/api/payments/whoami')).status()).toBe(401);
  expect((await person.api.get('/api/payments/whoami')).status()).toBe(200);
});
