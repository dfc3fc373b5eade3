// Signing in and up with what cannot be: said at the field, what was typed stays, secrets aside.
import type { Locator } from '@playwright/test';
import { checked, expect, test, visit } from '../support/test';

async function wrong(field: Locator, words: RegExp, kept: string): Promise<void> {
  await expect(field).toHaveAttribute('aria-invalid', 'true');
  await expect(field).toHaveAccessibleDescription(words);
  await expect(field).toHaveValue(kept);
}

test('signing in', async ({ people }) => {
  const { page } = await people.visitor();
  const person = await people.user();
  await visit(page, '/signin?next=/tickets');
  const form = page.getByRole('region', { name: 'Sign in' });
  const [email, password] = [form.getByLabel('Email'), form.getByLabel('Password')];

  await form.getByRole('button', { name: 'Sign in' }).click();
  await expect(page).toHaveTitle(/^Error: /);
  await expect(page.getByRole('alert')).toBeFocused();
  await wrong(email, /./, '');
  await wrong(password, /Enter your password/, '');
  await checked(page);

  await email.fill(person.email);
  await password.fill('not the password at all');
  await form.getByRole('button', { name: 'Sign in' }).click();
  await wrong(password, /do not match/, '');
  await expect(email).toHaveValue(person.email);
  await checked(page);

  await password.fill(person.password);
  await form.getByRole('button', { name: 'Sign in' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'My tickets' })).toBeVisible();
});

test('creating an account', async ({ people }) => {
  const taken = await people.user();
  const visitor = await people.visitor();
  const { page } = visitor;
  await visit(page, '/signup');
  const [name, email, password] = [page.getByLabel('Your name'), page.getByLabel('Email'), page.getByLabel('Password')];
  const create = page.getByRole('button', { name: 'Create account' });

  await email.fill('nobody at nowhere');
  await password.fill('short');
  await create.click();
  await expect(page).toHaveTitle(/^Error: /);
  await wrong(name, /name/, '');
  await wrong(email, /./, 'nobody at nowhere');
  await wrong(password, /15 characters/, '');
  await checked(page);

  await name.fill(visitor.name);
  await email.fill(taken.email);
  await password.fill('not the one of that account 7');
  await create.click();
  await wrong(email, /sign in instead/, taken.email);
  await expect(name).toHaveValue(visitor.name);
  await expect(password).toHaveValue('');
  await checked(page);

  await email.fill(visitor.email);
  await password.fill(visitor.password);
  await create.click();
  await expect(page.getByRole('link', { name: /Your account/ }).first()).toBeAttached();
});
