// Second factors: an authenticator app, recovery codes, passkeys, and being asked anew who one is.
import type { CDPSession, Page } from '@playwright/test';
import { codeOf } from '../support/codes';
import type { Person } from '../support/people';
import { checked, expect, hydrated, test, visit } from '../support/test';

/** Adds an authenticator app as its owner does; gives its secret, the code that it took, and the recovery codes. */
async function addApp(page: Page): Promise<{ secret: string; used: string; codes: string[] }> {
  await visit(page, '/account/security');
  await page.getByRole('button', { name: 'Add an authenticator app' }).click();
  await checked(page);
  const link = await page.getByRole('link', { name: 'Open the app' }).getAttribute('href');
  const secret = new URL(link!).searchParams.get('secret')!;
  await page.getByLabel('Code').fill('12 34');
  await page.getByRole('button', { name: 'Add the app' }).click();
  await expect(page.getByLabel('Code')).toHaveAttribute('aria-invalid', 'true');
  await expect(page.getByLabel('Code')).toHaveValue('');
  await checked(page);
  const used = codeOf(secret);
  await page.getByLabel('Code').fill(used);
  await page.getByRole('button', { name: 'Add the app' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Your authenticator app is added' })).toBeVisible();
  await checked(page);
  const codes = await page.getByRole('region', { name: 'Your recovery codes' }).getByRole('listitem').allInnerTexts();
  expect(codes).toHaveLength(10);
  return { secret, used, codes };
}

async function firstStep(page: Page, person: Person, next = ''): Promise<void> {
  await visit(page, `/signin${next}`);
  const form = page.getByRole('region', { name: 'Sign in' });
  await form.getByLabel('Email').fill(person.email);
  await form.getByLabel('Password').fill(person.password);
  await form.getByRole('button', { name: 'Sign in' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'One more step' })).toBeVisible();
}

test('an app is added, signs in, and is asked for before it is removed', async ({ people }) => {
  const person = await people.user();
  const { secret, used, codes } = await addApp(person.page);
  await person.page.getByRole('link', { name: 'I have kept them' }).click();
  await expect(person.page.getByText('10 are left.')).toBeVisible();

  const { page, api } = await people.visitor();
  await firstStep(page, person, '?next=/tickets');
  expect((await api.get('/api/auth/whoami')).status()).toBe(401);
  await checked(page);
  await page.getByLabel('Code').fill(used);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await expect(page.getByRole('alert')).toContainText('One thing needs another look');
  await checked(page);
  // That one was used when the app was added; the app's next is good a little before its time.
  await page.getByLabel('Code').fill(codeOf(secret, 1));
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'My tickets' })).toBeVisible();

  const third = await people.visitor();
  await firstStep(third.page, person);
  await third.page.getByLabel('Code').fill(codes[0].toLowerCase());
  await third.page.keyboard.press('Enter');
  await expect(third.page.getByRole('link', { name: /Your account/ }).first()).toBeAttached();
  await visit(third.page, '/account/security');
  await expect(third.page.getByText('9 are left.')).toBeVisible();
  await third.page.getByRole('button', { name: 'Make new recovery codes' }).click();
  await expect(third.page.getByRole('region', { name: 'Your recovery codes' }).getByRole('listitem')).toHaveCount(10);
  await checked(third.page);
  await third.page.getByRole('button', { name: 'Remove the authenticator app' }).click();
  await expect(third.page.getByRole('heading', { name: 'Your authenticator app is removed' })).toBeVisible();
});

test('the page of the proof is one that everybody can use', async ({ people }) => {
  const { page, password } = await people.user();
  await visit(page, '/reauthenticate?next=/account/security');
  await page.getByLabel('Password').fill('not the password at all');
  await page.keyboard.press('Enter');
  await expect(page.getByLabel('Password')).toHaveAttribute('aria-invalid', 'true');
  await checked(page);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Confirm' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Security' })).toBeVisible();
});

test('without JavaScript the page of passkeys says so', async ({ people }, info) => {
  test.skip(info.project.name !== 'nojs');
  const { page } = await people.user();
  await visit(page, '/account/security/passkey');
  await expect(page.getByText('Passkeys need JavaScript and a browser that knows them.')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Make the passkey' })).toBeHidden();
  await page.getByLabel('Name').fill('My phone');
  await page.getByLabel('Name').press('Enter');
  await expect(page.getByRole('alert').first()).toContainText('Press “Make the passkey”; it needs JavaScript.');
  await expect(page.getByLabel('Name')).toHaveValue('My phone');
  await checked(page);
});

/** A device whose owner lets it sign whatever our page asks. */
async function device(page: Page): Promise<{ cdp: CDPSession; id: string }> {
  const cdp = await page.context().newCDPSession(page);
  await cdp.send('WebAuthn.enable');
  const { authenticatorId } = await cdp.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2', transport: 'internal', hasResidentKey: true, hasUserVerification: true, isUserVerified: true,
    },
  });
  return { cdp, id: authenticatorId };
}

test('a passkey is added, signs in alone, proves who one is, and is removed', async ({ people }, info) => {
  test.skip(info.project.name === 'nojs', 'passkeys are a script of the browser');
  const person = await people.user();
  const { page } = person;
  const { cdp, id } = await device(page);
  await visit(page, '/account/security');
  await page.getByRole('link', { name: 'Add a passkey' }).click();
  await hydrated(page);
  await page.getByLabel('Name').fill('My laptop');
  await page.getByRole('button', { name: 'Make the passkey' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Your passkey is added' })).toBeVisible();
  await checked(page);
  expect((await cdp.send('WebAuthn.getCredentials', { authenticatorId: id })).credentials).toHaveLength(1);
  await page.getByRole('link', { name: 'I have kept them' }).click();
  await expect(page.getByText('My laptop', { exact: true })).toBeVisible();
  await checked(page);

  await page.context().clearCookies();
  await visit(page, '/signin?next=/account/security');
  await page.getByRole('button', { name: 'Use a passkey' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Security' })).toBeVisible();

  await page.context().clearCookies();
  await firstStep(page, person, '?next=/account/security');
  await checked(page);
  await page.getByRole('button', { name: 'Use a passkey' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Security' })).toBeVisible();

  await visit(page, '/reauthenticate?next=/account/security');
  await page.getByRole('button', { name: 'Confirm with a passkey' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Security' })).toBeVisible();
  await page.getByRole('button', { name: /^Remove\s*: My laptop/ }).click();
  await expect(page.getByRole('heading', { name: 'The passkey is removed' })).toBeVisible();
  await checked(page);

  await page.context().clearCookies();
  await visit(page, '/signin');
  await page.getByRole('button', { name: 'Use a passkey' }).click();
  await expect(page.getByText('That passkey does not work here.').first()).toBeVisible();
  await checked(page);
});

test('the Enter key in the name of a passkey makes it', async ({ people }, info) => {
  test.skip(info.project.name === 'nojs', 'passkeys are a script of the browser');
  const { page } = await people.user();
  await device(page);
  await visit(page, '/account/security/passkey');
  await page.getByLabel('Name').fill('My laptop');
  await page.getByLabel('Name').press('Enter');
  await expect(page.getByRole('heading', { level: 1, name: 'Your passkey is added' })).toBeVisible();
});

test('of a passkey’s errors our own words are shown, and no others', async ({ people }, info) => {
  test.skip(info.project.name === 'nojs', 'passkeys are a script of the browser');
  const { page } = await people.visitor();
  const answers = [
    { status: 503, contentType: 'text/html', body: '<h1>Bad gateway</h1>' },
    { status: 429, json: { detail: 'Too many attempts in a short time.' } },
  ];
  await page.route('**/api/auth/signin/passkey/options', (route) => route.fulfill(answers.shift()));
  await visit(page, '/signin');
  const said = page.getByRole('alert');
  await page.getByRole('button', { name: 'Use a passkey' }).click();
  await expect(said).toHaveText('That did not work, or was cancelled. Try again, or use another way.');
  await page.getByRole('button', { name: 'Use a passkey' }).click();
  await expect(said).toHaveText('Too many attempts in a short time.');
});

test('an owner who says no is told that there are other ways', async ({ people }, info) => {
  test.skip(info.project.name === 'nojs', 'passkeys are a script of the browser');
  const { page } = await people.visitor();
  const { cdp, id } = await device(page);
  await cdp.send('WebAuthn.setUserVerified', { authenticatorId: id, isUserVerified: false });
  await visit(page, '/signin');
  await page.getByRole('button', { name: 'Use a passkey' }).click();
  await expect(page.getByRole('alert')).toContainText('use another way');
  await checked(page);
});
