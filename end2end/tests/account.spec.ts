// One's own account.
import { checked, expect, test, visit } from '../support/test';

test('a new password ends the other sessions and the old password', async ({ people }) => {
  const person = await people.user();
  const device = await people.secondDevice(person);
  const { page } = person;
  const changed = `${person.password} and more`;

  await visit(page, '/account');
  await expect(page.getByRole('region', { name: 'Profile' })).toContainText(person.email);
  await page.getByLabel('Password you use now').fill(person.password);
  await page.getByLabel('New password').fill(changed);
  await page.getByRole('button', { name: 'Change password' }).click();
  await expect(page.getByRole('heading', { name: 'Your password is changed' })).toBeVisible();
  await checked(page);
  expect((await device.api.get('/api/tickets/whoami')).status()).toBe(401);
  expect((await person.api.get('/api/tickets/whoami')).status()).toBe(200);

  const origin = new URL(page.url()).origin;
  const signIn = (password: string) =>
    device.api.post('/api/auth/signin', { data: { email: person.email, password }, headers: { origin } });
  expect((await signIn(person.password)).status()).toBe(401);
  expect((await signIn(changed)).status()).toBe(200);
});

test('signing out ends the session', async ({ people }) => {
  const { page, api } = await people.user();
  await visit(page, '/account');
  await page.getByRole('main').getByRole('button', { name: 'Sign out', exact: true }).click();
  await expect(page).not.toHaveURL(/account/);
  expect((await api.get('/api/auth/whoami')).status()).toBe(401);
  await page.goto('/account');
  await expect(page).toHaveURL(/\/signin\?next=%2Faccount/);
});
