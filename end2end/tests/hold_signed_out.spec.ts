// Whoever chooses tickets before signing in has them held by signing in: nothing is chosen twice.
import { expect, test, checked } from '../support/test';

test('hold two tickets, create an account, and they are held', async ({ people }) => {
  const seller = await people.user();
  const show = await seller.show();
  const visitor = await people.visitor();
  const { page } = visitor;
  await page.goto(`/shows/${show.id}`);
  await page.getByRole('button', { name: 'Hold 2 tickets' }).click();
  await expect(page.getByText('Sign in or create an account, and your 2 tickets are held for you.')).toBeVisible();
  await checked(page);

  const form = page.getByRole('region', { name: 'Create an account' });
  // A mistake does not lose the choice.
  await form.getByLabel('Email').fill(visitor.email);
  await form.getByRole('button', { name: 'Create account' }).click();
  await expect(page.getByRole('textbox', { name: 'Your name' })).toHaveAccessibleDescription(/Enter your name/);
  await expect(page.getByText('your 2 tickets are held for you')).toBeVisible();
  await page.getByLabel('Your name').fill(visitor.name);
  await page.getByLabel('Password').fill(visitor.password);
  await page.getByRole('button', { name: 'Create account' }).click();

  await expect(page.getByRole('heading', { level: 1, name: 'Pay for your tickets' })).toBeVisible();
  await expect(page.getByText(/^2 × Stalls/)).toBeVisible();
  await checked(page);
});

test('hold two tickets, sign in, and they are held', async ({ people }) => {
  const seller = await people.user();
  const show = await seller.show({ seats: ['C7', 'C8', 'C9'] });
  const known = await people.user();
  await known.context.clearCookies();
  const { page } = known;
  await page.goto(`/shows/${show.id}`);
  await page.getByRole('checkbox', { name: /Row C, seat 8/ }).check();
  await page.getByRole('button', { name: /^Hold / }).click();
  const form = page.getByRole('region', { name: 'Sign in' });
  await form.getByLabel('Email').fill(known.email);
  await form.getByLabel('Password').fill(known.password);
  await form.getByRole('button', { name: 'Sign in' }).click();
  await expect(page.getByText(/seats C8/)).toBeVisible();
});

test('what is gone by then is said, and nothing is held', async ({ people }) => {
  const seller = await people.user();
  const show = await seller.show({ quantity: 2 });
  const known = await people.user();
  await known.context.clearCookies();
  const { page } = known;
  await page.goto(`/shows/${show.id}`);
  await page.getByRole('button', { name: 'Hold 2 tickets' }).click();
  await (await people.user()).hold(show, 2);
  const form = page.getByRole('region', { name: 'Sign in' });
  await form.getByLabel('Email').fill(known.email);
  await form.getByLabel('Password').fill(known.password);
  await form.getByRole('button', { name: 'Sign in' }).click();
  await expect(page.getByRole('heading', { name: 'Nothing was held' })).toBeVisible();
  await checked(page);
});
