// Getting back in: a new password by mail, an address that is confirmed, a sign-in that was somebody else's.
import type { Page } from '@playwright/test';
import { fits } from '../support/buying';
import { linkIn } from '../support/mail';
import { checked, expect, hydrated, test, visit } from '../support/test';

const NEW_PASSWORD = 'seven lamps in a violet harbour';

async function signIn(page: Page, email: string, password: string): Promise<void> {
  await visit(page, '/signin');
  const form = page.getByRole('region', { name: 'Sign in', exact: true });
  await form.getByLabel('Email').fill(email);
  await form.getByLabel('Password').fill(password);
  await form.getByRole('button', { name: 'Sign in' }).click();
}

test('a forgotten password is set anew by a link, once, and signs out every device', async ({ people }) => {
  const ana = await people.user();
  const { page } = await people.visitor();
  await visit(page, '/signin');
  await page.getByRole('link', { name: 'Set a new password' }).click();
  await hydrated(page);
  await checked(page);
  await page.getByRole('button', { name: 'Send the link' }).click();
  await expect(page.getByLabel('Email')).toHaveAccessibleDescription(/Enter an e-mail address/);
  await page.getByLabel('Email').fill(ana.email);
  await page.keyboard.press('Enter');
  await expect(page.getByRole('status')).toContainText('Look into your mail');
  expect(page.url()).not.toContain(encodeURIComponent(ana.email));
  await checked(page);

  const link = await linkIn(ana, /Set a new password/);
  const response = await page.goto(link);
  expect(response!.headers()['referrer-policy']).toBe('strict-origin');
  expect(response!.headers()['cache-control']).toContain('no-store');
  await hydrated(page);
  await checked(page);
  await fits(page);
  await page.getByLabel('New password').fill('too short');
  await page.getByRole('button', { name: 'Set password' }).click();
  await expect(page.getByLabel('New password')).toHaveAccessibleDescription(/at least 15/);
  await checked(page);
  await page.getByLabel('New password').fill(NEW_PASSWORD);
  await page.getByRole('button', { name: 'Set password' }).click();
  await expect(page.getByRole('status')).toContainText('Your password is set');
  expect(page.url()).not.toContain('token');

  await signIn(page, ana.email, NEW_PASSWORD);
  await expect(page.getByRole('heading', { level: 1 })).not.toHaveText('Come on in');
  await visit(ana.page, '/account');
  await expect(ana.page.getByRole('heading', { level: 1 })).toHaveText('Come on in');

  await page.goto(link);
  await page.getByLabel('New password').fill('another long password altogether');
  await page.getByRole('button', { name: 'Set password' }).click();
  await expect(page.getByRole('alert')).toContainText('used before, or has run out');
  await linkIn(ana, /Your password was changed/);
});

test('an address that nobody has is answered alike', async ({ people }) => {
  const { page } = await people.visitor();
  await visit(page, '/forgot-password');
  await page.getByLabel('Email').fill('nobody-at-all@example.com');
  await page.getByRole('button', { name: 'Send the link' }).click();
  await expect(page.getByRole('status')).toContainText('Look into your mail');
});

test('a new account confirms its address, and changes it with the password', async ({ people }) => {
  const ana = await people.user();
  const { page } = ana;
  await visit(page, '/account');
  await expect(page.getByText('Your address is not confirmed')).toBeVisible();
  await checked(page);
  await page.goto(await linkIn(ana, /Confirm your address/));
  await hydrated(page);
  await checked(page);
  await page.getByRole('button', { name: 'Confirm this address' }).click();
  await expect(page.getByRole('status')).toContainText('Your address is confirmed');
  await checked(page);

  await visit(page, '/account');
  await expect(page.getByText('Your address is not confirmed')).toHaveCount(0);
  const email = page.getByRole('region', { name: 'Email' });
  const address = `new-${ana.email}`;
  await email.getByLabel('New email').fill(address);
  await email.getByLabel('Password').fill('not the password at all');
  await email.getByRole('button', { name: 'Change email' }).click();
  await expect(email.getByLabel('Password')).toHaveAccessibleDescription(/password you use now/);
  await expect(email.getByLabel('New email')).toHaveValue(address);
  await checked(page);
  await email.getByLabel('Password').fill(ana.password);
  await email.getByRole('button', { name: 'Change email' }).click();
  await expect(page.getByRole('status')).toContainText('Look into the mail of the new address');
  await page.goto(await linkIn(ana, /Confirm your new address/, address));
  await page.getByRole('button', { name: 'Confirm this address' }).click();
  await expect(page.getByRole('status')).toContainText('Your address is confirmed');
  await visit(page, '/account');
  await expect(page.getByRole('region', { name: 'Profile' })).toContainText(address);
  await linkIn(ana, /Your address was changed/);
});

test('whoever did not sign in ends that session from the mail', async ({ people }) => {
  const ana = await people.user();
  const thief = await people.secondDevice(ana);
  await visit(thief.page, '/account');
  await expect(thief.page.getByRole('heading', { level: 1 })).toHaveText('Your account');
  const { page } = ana;
  await page.goto(await linkIn(ana, /new sign-in/));
  await hydrated(page);
  await checked(page);
  await page.getByRole('button', { name: 'Sign out that device' }).click();
  await expect(page.getByRole('status')).toContainText('That device is signed out');
  await checked(page);
  await expect(async () => {
    await thief.page.goto('/account');
    await expect(thief.page.getByRole('heading', { level: 1 })).toHaveText('Come on in', { timeout: 1_000 });
  }).toPass();
});

test('a link that is not whole says so', async ({ people }) => {
  const { page } = await people.visitor();
  for (const path of ['/reset-password', '/confirm-email', '/not-me']) {
    await visit(page, path);
    await expect(page.getByRole('status')).toContainText('Open the link from your mail');
    await checked(page);
  }
});
